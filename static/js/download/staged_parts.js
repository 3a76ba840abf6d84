import { firstIndexWhere } from "../binary_search.js";
import { createSemaphore, forEachInSlots } from "../concurrency.js";
import { sameBytes } from "../crypto/bytes.js";
import { partLength } from "../crypto/sizes.js";
import { contentOffsets } from "../worker/zip_layout.js";

const AT_ONCE = 3;

/**
 * Content stretches become stretches of the archive that holds the same bytes between its headers.
 * @param {Entry[]} zipEntries
 */
function archived(zipEntries) {
  const offsets = contentOffsets(zipEntries);
  /** @type {number[]} */
  const starts = [];
  zipEntries.reduce((start, { size }) => {
    starts.push(start);
    return start + size;
  }, 0);
  /** @param {number} from @param {number} to @returns {Stretch[]} */
  return function stretchesOf(from, to) {
    /** @type {Stretch[]} */
    const stretches = [];
    for (let at = Math.max(0, firstIndexWhere(starts.length, (i) => starts[i] > from) - 1); at < starts.length && starts[at] < to; at += 1) {
      const start = Math.max(0, from - starts[at]);
      const end = Math.min(zipEntries[at].size, to - starts[at]);
      if (end > start) stretches.push({ start: offsets[at] + start, end: offsets[at] + end });
    }
    return stretches;
  };
}

/** @type {(start: number, end: number) => Stretch[]} */
const plainStretches = (start, end) => (end > start ? [{ start, end }] : []);

/**
 * Where the bytes of each part lie in a staged file.
 * @param {{plan: DownloadPlan, zipEntries?: Entry[]}} options
 * @returns {PartLayout} null for a part
 *   whose beginning is not wanted, so that it cannot be sealed again
 */
export function createLayout({ plan, zipEntries }) {
  const stretchesOf = zipEntries ? archived(zipEntries) : plainStretches;
  /** @param {number} index */
  return function layoutOf(index) {
    const partStart = index * plan.partSizeBytes;
    const partEnd = partStart + partLength(plan.sizeBytes, index);
    if (partStart < plan.start) return null;
    const end = Math.max(partStart, Math.min(partEnd, plan.end));
    return { stretches: stretchesOf(partStart - plan.start, end - plan.start), padBytes: partEnd - end };
  };
}

/**
 * The parts that a staged file still holds byte for byte: sealed again under the header that they came with,
 * they give the same tags. Nothing that was remembered is believed otherwise.
 * @param {{plan: DownloadPlan, layoutOf: PartLayout, tagDigests: Map<number, TagDigest>, file: File, pool: CryptoPool,
 *          contentKey: Bytes, onPart: (part: PartProgress) => void, signal: AbortSignal}} work
 * @returns {Promise<number[]>} in the plan's order
 */
export async function partsStillHeld({ plan, layoutOf, tagDigests, file, pool, contentKey, onPart, signal }) {
  const { size: sizeBytes, lastModified } = file;
  /** @type {Set<number>} */
  const held = new Set();

  /** @param {number} index */
  async function isHeld(index) {
    const layout = layoutOf(index);
    if (!layout) return false;
    const slices = layout.stretches.map((stretch) => ({ file, ...stretch, sizeBytes, lastModified }));
    const { header, tagsDigest } = /** @type {TagDigest} */ (tagDigests.get(index));
    const count = plan.partCount;
    const now = await pool.tagsUnder({ contentKey, index, count, slices, padBytes: layout.padBytes, header }).catch(() => null);
    return now !== null && sameBytes(now, tagsDigest);
  }

  const candidates = plan.indexes.filter((index) => tagDigests.has(index));
  await forEachInSlots(candidates, createSemaphore(() => AT_ONCE), async (index) => {
    signal.throwIfAborted();
    onPart({ index, phase: "sealing" });
    if (await isHeld(index)) held.add(index);
    else onPart({ index, phase: "empty" });
  });
  signal.throwIfAborted();
  return plan.indexes.filter((index) => held.has(index));
}

/**
 * Of parts in the plan's order, those that follow each other from its first.
 * @param {number[]} indexes
 * @param {{indexes: number[]}} plan
 */
export function leading(indexes, plan) {
  const firstMissing = plan.indexes.findIndex((index, at) => index !== indexes[at]);
  return firstMissing === -1 ? indexes : indexes.slice(0, firstMissing);
}
