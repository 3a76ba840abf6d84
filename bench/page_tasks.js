// What the bench runs inside a page. Its end shows in the title, which can be read from outside.
(() => {
  const main = document.querySelector("main");
  const FAILED = ["failed", "damaged", "too-large", "not-allowed", "unsupported-browser", "cancelled", "too-many-tries"];

  async function inLanes(items, laneCount, task) {
    let next = 0;
    const lane = async () => {
      while (next < items.length) await task(items[next++]);
    };
    await Promise.all(Array.from({ length: laneCount }, lane));
  }

  function reached(states) {
    return new Promise((resolve, reject) => {
      new MutationObserver(() => {
        if (states.includes(main.dataset.state)) resolve();
        if (FAILED.includes(main.dataset.state)) reject(new Error(`${main.dataset.state}: ${document.querySelector(".problem").textContent}`));
      }).observe(main, { attributes: true, attributeFilter: ["data-state"] });
    });
  }

  const element = (testId) => document.querySelector(`[data-testid="${testId}"]`);
  // Kept before the page takes it out of its input.
  let chosen = null;
  document.addEventListener("change", ({ target }) => (chosen = target.files?.[0] ?? chosen), true);

  function diskSink() {
    const source = `
      let handle, at = 0;
      onmessage = async ({ data }) => {
        if (data.open) {
          const root = await navigator.storage.getDirectory();
          const file = await root.getFileHandle(data.open, { create: true });
          handle = await file.createSyncAccessHandle();
        } else if (data.bytes) at += handle.write(data.bytes, { at });
        else { handle.flush(); handle.close(); }
        postMessage(0);
      };`;
    const worker = new Worker(URL.createObjectURL(new Blob([source])));
    return (message, transfer = []) =>
      new Promise((resolve, reject) => {
        worker.onmessage = resolve;
        worker.onerror = (event) => reject(new Error(event.message));
        worker.postMessage(message, transfer);
      });
  }

  async function handOver(name) {
    const root = await navigator.storage.getDirectory();
    const file = await (await root.getFileHandle(name)).getFile();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file.slice(0, file.size, "application/octet-stream"));
    link.download = name;
    link.click();
  }

  const tasks = {
    /** The page itself: presses one of its buttons and waits for a state. */
    async press({ testId, states }) {
      const end = reached(states);
      element(testId).click();
      await end;
    },

    /** Waits for a state that something else leads to. */
    watch: ({ states }) => reached(states),

    /** PUTs slices of the chosen file as they are. */
    async plainPut({ parts, laneCount }) {
      const file = chosen;
      await inLanes(parts, laneCount, async ({ url, start, end }) => {
        const answer = await fetch(url, { method: "PUT", body: await file.slice(start, end).arrayBuffer() });
        if (!answer.ok) throw new Error(`PUT: ${answer.status}`);
      });
    },

    /** GETs ranges, some ahead, into a private file that the browser then saves as a download. */
    async plainGet({ url, ranges, laneCount }) {
      const sink = diskSink();
      await sink({ open: "plain.bin" });
      const get = async ({ start, end }) => {
        const answer = await fetch(url, { headers: { Range: `bytes=${start}-${end - 1}` }, cache: "no-store" });
        if (answer.status !== 206) throw new Error(`GET: ${answer.status}`);
        return answer.arrayBuffer();
      };
      const ahead = [];
      for (const range of ranges) {
        ahead.push(get(range));
        if (ahead.length < laneCount) continue;
        const bytes = await ahead.shift();
        await sink({ bytes: new Uint8Array(bytes) }, [bytes]);
      }
      for (const late of ahead) await sink({ bytes: new Uint8Array(await late) });
      await sink({});
      await handOver("plain.bin");
    },

    /** Seals every part in the page's own workers and drops it. */
    async sealOnly({ poolUrl, partBytes, laneCount }) {
      const pool = (await import(poolUrl)).createCryptoPool(document.documentElement.dataset.cryptoWorker);
      const file = chosen;
      const { size: sizeBytes, lastModified } = file;
      const indexes = [...Array(Math.ceil(sizeBytes / partBytes)).keys()];
      const contentKey = new Uint8Array(32);
      await inLanes(indexes, laneCount, (index) => {
        const start = index * partBytes;
        const slices = [{ file, start, end: Math.min(sizeBytes, start + partBytes), sizeBytes, lastModified }];
        return pool.sealPart({ contentKey, index, count: indexes.length, slices, padBytes: 0 });
      });
      pool.close();
    },

    /** Opens one sealed part, held in memory, as often as the transfer has parts. */
    async openOnly({ poolUrl, streamUrl, partBytes, count, laneCount }) {
      const { sealPart } = await import(streamUrl);
      const pool = (await import(poolUrl)).createCryptoPool(document.documentElement.dataset.cryptoWorker);
      const contentKey = new Uint8Array(32);
      const part = { contentKey, index: 0, count: 1 };
      const sealed = await sealPart({ ...part, plaintext: new Uint8Array(partBytes) });
      const started = performance.now();
      await inLanes([...Array(count).keys()], laneCount, () => pool.openPart({ ...part, sealed: sealed.slice() }));
      pool.close();
      return { ms: performance.now() - started };
    },
  };

  globalThis.bench = {
    result: null,
    async start(name, input) {
      const started = performance.now();
      try {
        const said = await tasks[name](input);
        bench.result = { ms: performance.now() - started, ...said };
        document.title = "bench:done";
      } catch (error) {
        bench.result = { error: String(error) };
        document.title = "bench:failed";
      }
    },
  };
})();
