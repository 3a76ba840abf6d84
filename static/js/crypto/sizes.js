/** Sizes that docs/format.md fixes, and the arithmetic of parts and segments (section 4). All are bytes. */
export const SECRET_BYTES = 32;
export const KDF_SALT_BYTES = 16;
export const SEGMENT_BYTES = 262144;
export const TAG_BYTES = 16;
export const HEADER_BYTES = 40;
export const SEGMENT_PLAIN_BYTES = SEGMENT_BYTES - TAG_BYTES;
export const PART_BYTES_MIN = 2 ** 24;
export const PART_COUNT_MAX = 8192;

/**
 * `part_size` of docs/format.md section 4: plaintext bytes of every part but the last, for a stream of
 * `size` bytes. Exact for every safe integer, as it divides by powers of two only.
 * @param {number} size
 */
export function partSizeFor(size) {
  if (!Number.isSafeInteger(size) || size < 0) throw new RangeError(`not a size in bytes: ${size}`);
  let partSize = PART_BYTES_MIN;
  while (Math.ceil(size / partSize) > PART_COUNT_MAX) partSize *= 2;
  return partSize;
}

/**
 * The number of parts of a stream of `size` bytes: at least one, at most 8192.
 * @param {number} size
 */
export const partCount = (size) => Math.max(1, Math.ceil(size / partSizeFor(size)));

/**
 * Plaintext bytes of part `index` (from 0) of a stream of `size` bytes.
 * @param {number} size
 * @param {number} index
 */
export function partLength(size, index) {
  requireIndex(index, partCount(size));
  const partSize = partSizeFor(size);
  return Math.min(partSize, size - index * partSize);
}

/**
 * The number of segments in a part of `plainBytes` bytes: at least one.
 * @param {number} plainBytes
 */
export const segmentCount = (plainBytes) => Math.ceil((plainBytes + HEADER_BYTES) / SEGMENT_PLAIN_BYTES);

/**
 * Ciphertext bytes of a part of `plainBytes` bytes.
 * @param {number} plainBytes
 */
export const sealedPartLength = (plainBytes) => plainBytes + HEADER_BYTES + TAG_BYTES * segmentCount(plainBytes);

/**
 * Ciphertext bytes of all parts of a stream of `size` bytes.
 * @param {number} size
 */
export function payloadLength(size) {
  const last = partCount(size) - 1;
  return sealedPartOffset(size, last) + sealedPartLength(partLength(size, last));
}

/**
 * Where the ciphertext of part `index` begins in the payload, in bytes.
 * @param {number} size
 * @param {number} index
 */
export function sealedPartOffset(size, index) {
  requireIndex(index, partCount(size));
  return index * sealedPartLength(partSizeFor(size));
}

/**
 * RangeError unless `index` names one of `count` parts.
 * @param {number} index
 * @param {number} count
 */
export function requireIndex(index, count) {
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new RangeError(`there is no part ${index} of ${count}`);
  }
}
