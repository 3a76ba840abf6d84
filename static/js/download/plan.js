import { partLength, payloadLength, sealedPartLength, sealedPartOffset } from "../crypto/sizes.js";

/**
 * Which parts to fetch, and which bytes of each to keep, for all files or for one of them.
 * @param {{size: number, part_size: number, parts: number, pad: number, files: {size: number}[]}} manifest checked
 * @param {number|null} fileIndex null: all files, and then every part, so that all of them are verified
 * @returns {DownloadPlan} `start` and `end`: the wanted stretch of the plaintext stream
 */
export function planDownload(manifest, fileIndex = null) {
  const { size, part_size: partSizeBytes, parts, pad, files } = manifest;
  const whole = { sizeBytes: size, payloadBytes: payloadLength(size), partCount: parts, partSizeBytes };
  if (fileIndex === null) {
    return { ...whole, indexes: [...Array(parts).keys()], start: 0, end: size - pad };
  }
  const start = files.slice(0, fileIndex).reduce((sum, file) => sum + file.size, 0);
  const end = start + files[fileIndex].size;
  const first = Math.min(parts - 1, Math.floor(start / partSizeBytes));
  const last = Math.max(first, Math.ceil(end / partSizeBytes) - 1);
  const indexes = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  return { ...whole, indexes, start, end };
}

/**
 * Place and length of part `index` in the payload: `end` is its last byte, as in a Range header.
 * @param {DownloadPlan} plan
 * @param {number} index
 */
export function sealedRangeOf(plan, index) {
  const start = sealedPartOffset(plan.sizeBytes, index);
  const lengthBytes = sealedPartLength(partLength(plan.sizeBytes, index));
  return { start, end: start + lengthBytes - 1, lengthBytes };
}

/**
 * The bytes of an opened part that the plan wants.
 * @param {DownloadPlan} plan
 * @param {number} index
 * @param {Bytes} plaintext
 */
export function wantedBytes(plan, index, plaintext) {
  const partStart = index * plan.partSizeBytes;
  const from = Math.max(0, plan.start - partStart);
  const to = Math.min(plaintext.length, plan.end - partStart);
  return plaintext.subarray(from, Math.max(from, to));
}

/**
 * Where the wanted bytes of part `index` begin in what is saved.
 * @param {DownloadPlan} plan
 * @param {number} index
 */
export const outputOffset = (plan, index) => Math.max(0, index * plan.partSizeBytes - plan.start);

/**
 * Ciphertext bytes that the plan fetches.
 * @param {DownloadPlan} plan
 */
export const sealedBytesTotal = (plan) =>
  plan.indexes.reduce((sum, index) => sum + sealedRangeOf(plan, index).lengthBytes, 0);
