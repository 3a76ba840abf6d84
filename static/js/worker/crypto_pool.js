import { createSemaphore } from "../concurrency.js";
import { SendError } from "../errors.js";
import { openWorker } from "./worker_handle.js";

const FEWEST_WORKERS = 2;
const MOST_WORKERS = 4;

/**
 * Workers that seal and open, started when first needed; each does one thing at a time.
 * @param {string} scriptUrl address of crypto_worker.js
 * @param {number} [cores]
 */
export function createCryptoPool(scriptUrl, cores = navigator.hardwareConcurrency) {
  const limit = Math.min(MOST_WORKERS, Math.max(FEWEST_WORKERS, cores || 0));
  const inSlot = createSemaphore(() => limit);
  /** @type {WorkerHandle[]} */
  const workers = [];
  /** @type {WorkerHandle[]} */
  const idle = [];
  let isClosed = false;

  function startWorker() {
    const worker = openWorker(scriptUrl);
    workers.push(worker);
    return worker;
  }

  /**
   * @param {string} name
   * @param {object} payload
   * @param {Transferable[]} [transfer]
   * @returns {Promise<any>}
   */
  function run(name, payload, transfer = []) {
    return inSlot(async () => {
      if (isClosed) throw new SendError("cancelled", "Stopped.");
      const worker = idle.pop() ?? startWorker();
      try {
        return await worker.call(name, payload, transfer);
      } finally {
        idle.push(worker);
      }
    });
  }

  return {
    /**
     * The keys of format.md §2; Argon2id runs here when the envelope asks for it.
     * @param {{secret: Bytes, envelopeText: string, passphrase: string}} payload
     * @returns {Promise<Keys>}
     */
    deriveKeys: (payload) => run("deriveKeys", payload),
    /**
     * @param {SlicedPart} payload
     * @returns {Promise<TagDigest & {body: Blob}>} `body` is the sealed part
     */
    sealPart: (payload) => run("sealPart", payload),
    /**
     * @param {SlicedPart} payload with the `header` of an earlier time
     * @returns {Promise<Bytes>} the digest of its tags
     */
    tagsUnder: (payload) => run("tagsUnder", payload),
    /**
     * @param {PartKey & {sealed: Bytes}} payload the buffer of `sealed` is transferred, and comes back with the plaintext
     * @returns {Promise<Bytes>}
     */
    openPart: (payload) => run("openPart", payload, [payload.sealed.buffer]),
    /**
     * @param {{keys: Pick<Keys, "manifest"|"commitment">, envelopeText: string, manifest: Manifest}} payload
     * @returns {Promise<Bytes>}
     */
    sealManifest: (payload) => run("sealManifest", payload),
    /**
     * @param {{keys: Keys, envelopeText: string, sealed: Bytes, payloadBytes: number}} payload
     * @returns {Promise<Manifest>}
     */
    openManifest: (payload) => run("openManifest", payload),
    close() {
      isClosed = true;
      for (const worker of workers) worker.close();
    },
  };
}
