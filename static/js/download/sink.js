import { SendError } from "../errors.js";
import { openWorker } from "../worker/worker_handle.js";
import { createStaged, hasStaging } from "./staging.js";

export const MEMORY_FIRST_BYTES = 16 * 2 ** 20;
export const MEMORY_LIMIT_BYTES = 64 * 2 ** 20;

/**
 * @typedef {(choice: OutputChoice) => Promise<{inOrder: boolean}>} Open
 * @typedef {{inOrder: boolean, remove: () => Promise<void>} & Partial<StagedFile>} OpenTarget
 */

const nothingToRemove = { remove: async () => {} };

/** @param {Open} open @param {number} bytesNeeded @param {StagedFile} [earlier] */
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

/**
 * @param {Open} open
 * @param {number} bytesNeeded
 * @param {StagedFile} [earlier]
 * @returns {Promise<OpenTarget>}
 */
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
 * @param {{workerUrl: string, contentBytes: number, bytesNeeded: number, picked?: FileSystemHandle, earlier?: StagedFile,
 *          zipEntries?: Entry[], folderEntries?: Entry[]}} options `earlier`: a private file of staging.js to go on with
 * @returns {Promise<Sink>} `fileName`, `removeLater` where it is
 *   staged; `write` takes the bytes' buffer and gives it back where it is free again; `keep`: what a private file
 *   held before it was opened counts as written
 *   `inOrder`: `write` has to be called with one stretch after the other
 * @throws {SendError} `no_room`, `not_writable`, or `no_staging` when this browser has no room for so much
 */
export async function openSink({ workerUrl, contentBytes, bytesNeeded, picked, earlier, zipEntries, folderEntries }) {
  const worker = openWorker(workerUrl);
  /** @param {OutputChoice} choice */
  const open = (choice) => worker.call("open", { ...choice, zipEntries, folderEntries, contentBytes });
  /** @type {OpenTarget} */
  let target;
  try {
    target = picked ? { ...nothingToRemove, ...(await open({ picked })) } : await openOwn(open, bytesNeeded, earlier);
  } catch (error) {
    worker.close();
    throw error;
  }
  return {
    inOrder: target.inOrder,
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
      await target.remove();
    },
    fileName: target.fileName,
    removeLater: target.removeLater,
  };
}
