import { openWorker } from "./worker_handle.js";

const FEWEST_WORKERS = 2;
const MOST_WORKERS = 4;

/**
 * Workers that seal and open, started when first needed; each does one thing at a time.
 * @param {string} scriptUrl address of crypto_worker.js
 */
export function createCryptoPool(scriptUrl, cores = navigator.hardwareConcurrency) {
  const limit = Math.min(MOST_WORKERS, Math.max(FEWEST_WORKERS, cores || 0));
  const workers = [];
  const idle = [];
  const queue = [];

  function takeWorker() {
    if (idle.length > 0) return idle.pop();
    if (workers.length >= limit) return null;
    workers.push(openWorker(scriptUrl));
    return workers.at(-1);
  }

  function startNext() {
    if (queue.length === 0) return;
    const worker = takeWorker();
    if (!worker) return;
    const { name, payload, transfer, resolve, reject } = queue.shift();
    worker.call(name, payload, transfer).then(resolve, reject).finally(() => {
      idle.push(worker);
      startNext();
    });
  }

  function run(name, payload, transfer = []) {
    return new Promise((resolve, reject) => {
      queue.push({ name, payload, transfer, resolve, reject });
      startNext();
    });
  }

  return {
    /** @returns the keys of format.md §2; Argon2id runs here when the envelope asks for it */
    deriveKeys: (payload) => run("deriveKeys", payload),
    /**
     * @param payload `{contentKey, index, count, slices: [{file, start, end}], padBytes}`
     * @returns `{body, header, tagsDigest}`, `body` being a Blob of the sealed part
     */
    sealPart: (payload) => run("sealPart", payload),
    /** @param payload as for sealPart, with the `header` of an earlier time @returns its tags' digest */
    tagsUnder: (payload) => run("tagsUnder", payload),
    /** @param payload `{contentKey, index, count, sealed}`; the buffer of `sealed` is handed over and comes back with the plaintext */
    openPart: (payload) => run("openPart", payload, [payload.sealed.buffer]),
    sealManifest: (payload) => run("sealManifest", payload),
    openManifest: (payload) => run("openManifest", payload),
    close() {
      for (const worker of workers.splice(0)) worker.close();
      idle.length = 0;
      queue.length = 0;
    },
  };
}
