import { SendError } from "../errors.js";
import { openWorker } from "../worker/worker_handle.js";
import { createStaged } from "./staging.js";

export const MEMORY_LIMIT_BYTES = 64 * 2 ** 20;
const QUOTA_MARGIN_BYTES = 2 ** 20;

function hasStaging() {
  return Boolean(globalThis.navigator?.storage?.getDirectory && globalThis.navigator.locks);
}

async function checkQuota(bytesNeeded) {
  const { quota, usage } = await navigator.storage.estimate();
  if (quota !== undefined && quota - (usage ?? 0) < bytesNeeded + QUOTA_MARGIN_BYTES) {
    throw new SendError("no_room", "There is not enough room on this device.");
  }
}

async function openStaged(worker, bytesNeeded, zipEntries) {
  if (!hasStaging()) throw new SendError("no_staging", "No private file system here.");
  await checkQuota(bytesNeeded);
  const staged = await createStaged();
  try {
    await worker.call("open", { directoryName: staged.directoryName, fileName: staged.fileName, zipEntries });
    return staged;
  } catch (error) {
    await staged.remove();
    throw error;
  }
}

async function openInMemory(worker, bytesNeeded, zipEntries, cause) {
  if (bytesNeeded > MEMORY_LIMIT_BYTES) throw cause;
  await worker.call("open", { memoryLimitBytes: MEMORY_LIMIT_BYTES, zipEntries });
  return { remove: async () => {}, removeLater: () => {} };
}

/**
 * Where verified bytes go until the file is whole: a private file, or memory for what is small where
 * there is none.
 * @param {{workerUrl: string, bytesNeeded: number, zipEntries?: {name: string, size: number, modified?: number}[]}} wish
 * @returns {Promise<{append: (bytes: Uint8Array) => Promise<void>, finish: () => Promise<Blob>,
 *            discard: () => Promise<void>, removeLater: (sizeBytes: number, onRemoved: () => void) => void}>}
 * @throws {SendError} `no_room`, or `no_staging` when this browser has no place for so much
 */
export async function openSink({ workerUrl, bytesNeeded, zipEntries }) {
  const worker = openWorker(workerUrl);
  let place;
  try {
    place = await openStaged(worker, bytesNeeded, zipEntries).catch((error) => {
      return openInMemory(worker, bytesNeeded, zipEntries, error);
    });
  } catch (error) {
    worker.close();
    throw error;
  }
  return {
    // A view of a part is copied first: posting it would copy the whole part.
    append(bytes) {
      const own = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
      return worker.call("append", { bytes: own }, [own.buffer]);
    },
    async finish() {
      const whole = await worker.call("finish", {});
      worker.close();
      return whole;
    },
    async discard() {
      await worker.call("discard", {}).catch(() => {});
      worker.close();
      await place.remove();
    },
    removeLater: place.removeLater,
  };
}
