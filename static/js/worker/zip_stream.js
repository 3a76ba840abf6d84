import { SendError } from "../errors.js";
import { makeZip } from "../../vendor/client-zip/index.js";

const EARLIEST_DOS_TIME = Date.UTC(1980, 0, 2);
const LATEST_DOS_TIME = Date.UTC(2107, 11, 30);

/** @param {number} [modified] */
const zipTime = (modified) => new Date(Math.min(LATEST_DOS_TIME, Math.max(EARLIEST_DOS_TIME, modified ?? Date.now())));

/**
 * Chunks pass from `push` to `pull` one at a time, so that a slow sink holds the sender back.
 */
function createChannel() {
  /** @type {{chunk: Bytes, taken: (_: void) => void}|null} */
  let offered = null;
  let wake = (/** @type {void} */ _) => {};
  return {
    push: (/** @type {Bytes} */ chunk) =>
      new Promise((taken) => {
        offered = { chunk, taken };
        wake();
      }),
    async pull() {
      while (!offered) await new Promise((resolve) => (wake = resolve));
      const { chunk, taken } = offered;
      offered = null;
      taken();
      return chunk;
    },
  };
}

/** @param {number} size @param {() => Promise<Bytes>} pull @param {{bytes: Bytes}} rest */
async function* fileBytes(size, pull, rest) {
  for (let missing = size; missing > 0; ) {
    const chunk = rest.bytes.length > 0 ? rest.bytes : await pull();
    const piece = chunk.subarray(0, missing);
    rest.bytes = chunk.subarray(piece.length);
    missing -= piece.length;
    yield piece;
  }
}

/**
 * Turns the concatenated bytes of `entries` into one ZIP archive (stored, zip64 where needed).
 * @param {Entry[]} entries
 * @param {(bytes: Bytes) => Promise<void>} writeOut
 */
export function createZipStream(entries, writeOut) {
  const { push, pull } = createChannel();
  const rest = { bytes: new Uint8Array(0) };
  function* inputs() {
    for (const { name, size, modified } of entries) {
      yield { name, size, lastModified: zipTime(modified), input: fileBytes(size, pull, rest) };
    }
  }
  const written = (async () => {
    for (const reader = makeZip(inputs()).getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) return;
      await writeOut(/** @type {Bytes} */ (value));
    }
  })();
  /** @type {unknown} */
  let failure;
  written.catch((error) => (failure = error));

  return {
    async append(/** @type {Bytes} */ bytes) {
      if (failure) throw failure;
      await Promise.race([push(bytes), written]);
    },
    async finish() {
      await written;
      if (rest.bytes.length > 0) throw new SendError("damaged", "The files are longer than their list says.");
    },
  };
}
