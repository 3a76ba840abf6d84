import { firstIndexWhere } from "../binary_search.js";
import { utf8 } from "../crypto/bytes.js";
import { FILE_COUNT_MAX, MANIFEST_PLAIN_BYTES_MAX, TEXT_PATH, TEXT_TYPE, makeManifest } from "../crypto/manifest.js";
import { padmePadding } from "../crypto/padme.js";
import { safePaths } from "../crypto/paths.js";
import { partCount, partLength, partSizeFor, payloadLength, sealedPartLength } from "../crypto/sizes.js";
import { SendError } from "../errors.js";

/**
 * How files become parts (format.md §4): their bytes one after the other, padded if asked (§7), cut into parts.
 * @param {ChosenFile[]} chosen in manifest order, paths already safe
 * @param {{kind?: "files"|"text", hideSize?: boolean}} [options]
 * @returns {UploadPlan} `files` have `start`, their place
 *   in the stream; `sizeBytes` includes the padding
 */
export function planUpload(chosen, { kind = "files", hideSize = false } = {}) {
  let filledBytes = 0;
  const files = chosen.map(({ file, path, chosenPath = path, root = null }) => {
    const { size, lastModified } = file;
    const type = kind === "text" ? TEXT_TYPE : file.type;
    const placed = { file, path, chosenPath, root, type, start: filledBytes, sizeBytes: size, lastModified };
    filledBytes += size;
    return placed;
  });
  const padBytes = hideSize ? padmePadding(filledBytes) : 0;
  const sizeBytes = filledBytes + padBytes;
  const count = partCount(sizeBytes);
  const payloadBytes = payloadLength(sizeBytes);
  const partSizeBytes = partSizeFor(sizeBytes);
  const sealedPartBytes = count === 1 ? payloadBytes : sealedPartLength(partSizeBytes);
  return { kind, files, padBytes, sizeBytes, partSizeBytes, partCount: count, payloadBytes, sealedPartBytes };
}

/**
 * Plans what a person chose: names made safe, and everything checked that can be before anything is sent.
 * @param {ChosenFile[]} chosen
 * @param {{hideSize?: boolean}} [options]
 * @throws {SendError} `too_many_files` when their list would not be a manifest (format.md §5)
 */
export function planChosen(chosen, options = {}) {
  if (chosen.length > FILE_COUNT_MAX) throw new SendError("too_many_files", "Too many files.");
  const paths = safePaths(chosen.map(({ path }) => path));
  const named = chosen.map(({ file, path, root }, at) => ({ file, path: paths[at], chosenPath: path, root }));
  const plan = planUpload(named, options);
  if (utf8(JSON.stringify(manifestOf(plan))).length > MANIFEST_PLAIN_BYTES_MAX) {
    throw new SendError("too_many_files", "The list of files is too long.");
  }
  return plan;
}

/**
 * A note is one file of a fixed name (format.md §5).
 * @param {string} text
 * @param {{hideSize?: boolean}} [options]
 * @returns {UploadPlan}
 */
export function planNote(text, options = {}) {
  const file = new File([text], TEXT_PATH, { type: TEXT_TYPE });
  return planUpload([{ file, path: TEXT_PATH }], { ...options, kind: "text" });
}

/**
 * The slices of files, in order, that part `index` consists of.
 * @param {UploadPlan} plan
 * @param {number} index
 */
export function slicesOf(plan, index) {
  const partStart = index * plan.partSizeBytes;
  const partEnd = partStart + partLength(plan.sizeBytes, index);
  /** @type {Slice[]} */
  const slices = [];
  const first = firstIndexWhere(plan.files.length, (at) => plan.files[at].start + plan.files[at].sizeBytes > partStart);
  for (let at = first; at < plan.files.length; at += 1) {
    const { file, start, sizeBytes, lastModified } = plan.files[at];
    if (start >= partEnd) break;
    if (sizeBytes === 0) continue;
    const from = Math.max(0, partStart - start);
    const to = Math.min(sizeBytes, partEnd - start);
    slices.push({ file, start: from, end: to, sizeBytes, lastModified });
  }
  return slices;
}

/**
 * How many zero bytes follow the slices of part `index`.
 * @param {UploadPlan} plan
 * @param {number} index
 * @param {Slice[]} [slices]
 */
export const padBytesOf = (plan, index, slices = slicesOf(plan, index)) =>
  slices.reduce((rest, { start, end }) => rest - (end - start), partLength(plan.sizeBytes, index));

/**
 * The manifest of format.md §5, before it is sealed.
 * @param {UploadPlan} plan
 */
export function manifestOf(plan) {
  const files = plan.files.map(({ path, type, sizeBytes, lastModified }) => {
    return { path, size: sizeBytes, type, modified: lastModified };
  });
  return makeManifest({ kind: plan.kind, files, pad: plan.padBytes });
}
