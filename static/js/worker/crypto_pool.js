import { createSemaphore } from "../concurrency.js";
import { SendError } from "../errors.js";
import { openWorker } from "./worker_handle.js";

const FEWEST_WORKERS = 2;
const MOST_WORKERS = 4;

/**
 * Workers that seal and open, started when first needed; each does one thing at a time.
 * @param {string} scriptUrl address of crypto_worker.js
 */
export function createCryptoPool(scriptUrl, cores = navigator.hardwareConcurrency) {
  const limit = Math.min(MOST_WORKERS, Math.max(FEWEST_WORKERS, cores || 0));
  const inSlot = createSemaphore(() => limit);
  const workers = [];
  const idle = [];
  let isClosed = false;

  function startWorker() {
    const worker = openWorker(scriptUrl);
    workers.push(worker);
    return worker;
  }

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
      isClosed = true;
      for (const worker of workers) worker.close();
    },
  };
}
