import { SendError } from "../errors.js";

const PREFIX = "sgraph-send-upload-";

/**
 * Runs `task` while no other tab works on the same upload.
 * @template T
 * @param {string} id
 * @param {() => Promise<T>} task
 * @returns {Promise<T>}
 * @throws {SendError} `other_tab`
 */
export async function withUploadLock(id, task) {
  if (!navigator.locks) return task();
  return navigator.locks.request(PREFIX + id, { ifAvailable: true }, (lock) => {
    if (!lock) throw new SendError("other_tab", "Another tab is at it.");
    return task();
  });
}

/**
 * Ids of the uploads that some tab is working on.
 * @returns {Promise<Set<string>>}
 */
export async function uploadsAtWork() {
  if (!navigator.locks) return new Set();
  const { held } = await navigator.locks.query();
  return new Set(held?.flatMap(({ name }) => (name?.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : [])));
}
