import { SendError } from "../errors.js";

const PREFIX = "sgraph-send-upload-";

/**
 * Runs `task` while no other tab works on the same upload.
 * @throws {SendError} `other_tab`
 */
export async function withUploadLock(id, task) {
  if (!navigator.locks) return task();
  return navigator.locks.request(PREFIX + id, { ifAvailable: true }, (lock) => {
    if (!lock) throw new SendError("other_tab", "Another tab is at it.");
    return task();
  });
}

/** Ids of the uploads that some tab is working on. */
export async function uploadsAtWork() {
  if (!navigator.locks) return new Set();
  const { held } = await navigator.locks.query();
  return new Set(held.filter(({ name }) => name.startsWith(PREFIX)).map(({ name }) => name.slice(PREFIX.length)));
}
