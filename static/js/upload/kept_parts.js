import { sameBytes } from "../crypto/bytes.js";
import { SendError } from "../errors.js";
import { padBytesOf, slicesOf } from "./plan.js";

const SAMPLE = 3;

/**
 * The first, the last and what lies between, evenly: the parts to check before anything is sent.
 * @param {number[]} indexes
 * @param {number} [count]
 */
export function sampleOf(indexes, count = SAMPLE) {
  if (indexes.length <= count) return indexes;
  return Array.from({ length: count }, (_, at) => indexes[Math.round((at * (indexes.length - 1)) / (count - 1))]);
}

/**
 * Parts that the store has and whose header was kept. What the store has without one cannot be compared,
 * so it is sent again.
 * @param {StoredPart[]} listed
 * @param {Map<number, TagDigest>} kept
 */
export const comparableParts = (listed, kept) =>
  listed.map(({ index }) => index).filter((index) => kept.has(index)).sort((a, b) => a - b);

/**
 * Compares what the chosen files hold now with what was sealed: the same bytes under the kept header give the
 * same tags. The ciphertext never leaves the worker.
 * @param {{plan: UploadPlan, contentKey: Bytes, pool: CryptoPool, kept: Map<number, TagDigest>}} work
 * @returns {(index: number) => Promise<void>} throws `file_changed`
 */
export function createPartCheck({ plan, contentKey, pool, kept }) {
  return async function checkPart(index) {
    const slices = slicesOf(plan, index);
    const padBytes = padBytesOf(plan, index, slices);
    const { header, tagsDigest } = /** @type {TagDigest} */ (kept.get(index));
    const now = await pool.tagsUnder({ contentKey, index, count: plan.partCount, slices, padBytes, header });
    if (!sameBytes(now, tagsDigest)) throw new SendError("file_changed", "The files hold something else now.");
  };
}
