import { SendError } from "../errors.js";
import { openWorker } from "../worker/worker_handle.js";
import { createStaged, hasStaging } from "./staging.js";

export const MEMORY_FIRST_BYTES = 16 * 2 ** 20;
export const MEMORY_LIMIT_BYTES = 64 * 2 ** 20;

const nothingToRemove = { remove: async () => {} };

async function openStaged(open, bytesNeeded, earlier) {
  if (!hasStaging()) throw new SendError("no_staging", "No private file system here.");
  const staged = earlier ?? (await createStaged());
  try {
    const { directoryName, fileName } = staged;
    return { ...staged, ...(await open({ directoryName, fileName, bytesNeeded })) };
  } catch (error) {
    await staged.remove();
    throw error;
  }
}

async function openOwn(open, bytesNeeded, earlier) {
  if (earlier) return openStaged(open, bytesNeeded, earlier);
  const inMemory = async () => ({ ...nothingToRemove, ...(await open({ memoryLimitBytes: MEMORY_LIMIT_BYTES })) });
  if (bytesNeeded <= MEMORY_FIRST_BYTES) return inMemory();
  try {
    return await openStaged(open, bytesNeeded);
  } catch (error) {
    if (bytesNeeded > MEMORY_LIMIT_BYTES) throw error;
    return inMemory();
  }
}

/**
 * Where verified bytes go until the file is whole. A picked file or folder is written in place, behind the
 * browser's own swap file. Everything else is put together out of sight: what is small in memory, the rest
 * in a private file.
 * @param {{workerUrl: string, contentBytes: number, bytesNeeded: number, picked?: FileSystemHandle, earlier?: object,
 *          zipEntries?: {name: string, size: number, modified?: number}[], folderEntries?: {name: string, size: number}[]}} wish
 *   `earlier`: a private file of staging.js to go on with
 * @returns {Promise<{inOrder: boolean, write: (bytes: Uint8Array, at: number) => Promise<ArrayBuffer|undefined>,
 *            finish: () => Promise<Blob|undefined>, discard: () => Promise<void>,
 *            keep: (stretches: {start: number, end: number}[]) => Promise<void>, fileName?: string,
 *            removeLater?: (sizeBytes: number, onRemoved: () => void) => void}>} `fileName`, `removeLater` where it is
 *   staged; `write` takes the bytes' buffer and gives it back where it is free again; `keep`: what a private file
 *   held before it was opened counts as written
 *   `inOrder`: `write` has to be called with one stretch after the other
 * @throws {SendError} `no_room`, `not_writable`, or `no_staging` when this browser has no place for so much
 */
export async function openSink({ workerUrl, contentBytes, bytesNeeded, picked, earlier, zipEntries, folderEntries }) {
  const worker = openWorker(workerUrl);
  const open = (place) => worker.call("open", { ...place, zipEntries, folderEntries, contentBytes });
  let place;
  try {
    place = picked ? { ...nothingToRemove, ...(await open({ picked })) } : await openOwn(open, bytesNeeded, earlier);
  } catch (error) {
    worker.close();
    throw error;
  }
  return {
    inOrder: place.inOrder,
    write: (bytes, at) => worker.call("write", { bytes, at }, [bytes.buffer]),
    keep: (stretches) => worker.call("keep", { stretches }),
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
    fileName: place.fileName,
    removeLater: place.removeLater,
  };
}
