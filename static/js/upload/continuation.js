import { SendError } from "../errors.js";
import { isTransient } from "../transport/retry.js";
import { planUpload } from "./plan.js";

const CAN_BE_PUT_RIGHT = new Set([
  "access_token_differs", "access_token_expired", "access_token_required", "access_token_wrong", "files_missing",
  "other_file", "other_tab", "parts_missing", "store_error", "url_refused", "worker_failed",
]);
const GONE = new Set(["owner_token_wrong", "transfer_expired", "transfer_not_found", "transfer_not_pending"]);

/**
 * Whether an upload that failed can go on later. Where it cannot, it is given up at the store and forgotten.
 * @param {Failure} error
 * @param {boolean} isContinued a file that differs ends an upload only while it is first sent:
 *   later it may have been the wrong choice
 */
export const mayGoOn = (error, isContinued) =>
  isTransient(error) || CAN_BE_PUT_RIGHT.has(error.code ?? "") || (isContinued && error.code === "file_changed");

/**
 * Whether the server says that there is nothing left to go on with.
 * @param {Failure} error
 */
export const isGone = (error) => GONE.has(error.code ?? "");

/** @param {string} path @param {number} sizeBytes @param {number} lastModified */
const keyOf = (path, sizeBytes, lastModified) => `${sizeBytes} ${lastModified} ${path}`;

/** @param {ChosenFile[]} chosen */
function groupedByKey(chosen) {
  /** @type {Map<string, ChosenFile[]>} */
  const groups = new Map();
  for (const each of chosen) {
    const key = keyOf(each.path, each.file.size, each.file.lastModified);
    const group = groups.get(key);
    if (group) group.push(each);
    else groups.set(key, [each]);
  }
  return groups;
}

/**
 * Finds the files of an unfinished upload among those that were chosen now, in the order of then. Name, size
 * and time must be the same (format.md §4).
 * @param {{plan: {files: KeptFile[]}}} kept
 * @param {ChosenFile[]} chosen
 * @returns {ChosenFile[]}
 * @throws {SendError} `other_file` when one of them differs, `files_missing` when only some were chosen; then
 *   `detail` is `{found, of, firstMissing}`
 */
export function matchFiles(kept, chosen) {
  const byKey = groupedByKey(chosen);
  const paths = new Set(chosen.map(({ path }) => path));
  /** @type {ChosenFile[]} */
  const found = [];
  let differs = false;
  /** @type {string|null} */
  let firstMissing = null;
  for (const { path, chosenPath, sizeBytes, lastModified } of kept.plan.files) {
    const file = byKey.get(keyOf(chosenPath, sizeBytes, lastModified))?.shift()?.file;
    if (file) found.push({ file, path, chosenPath });
    else if (paths.has(chosenPath)) differs = true;
    else firstMissing ??= chosenPath;
  }
  const of = kept.plan.files.length;
  if (differs || found.length === 0) throw new SendError("other_file", "These are not the files of then.");
  if (found.length < of) {
    const detail = { found: found.length, of, firstMissing };
    throw new SendError("files_missing", "Not all files were chosen.", { detail });
  }
  return found;
}

/**
 * The plan of then, over the files chosen now.
 * @param {KeptUpload} kept
 * @param {ChosenFile[]} matched
 * @returns {UploadPlan}
 */
export function planAgain(kept, matched) {
  const { kind, padBytes, partCount } = kept.plan;
  const plan = planUpload(matched, { kind, hideSize: padBytes > 0 });
  if (plan.padBytes !== padBytes || plan.partCount !== partCount) throw new SendError("other_file", "The plan would differ.");
  return { ...plan, files: plan.files.map((file, at) => ({ ...file, type: kept.plan.files[at].type })) };
}
