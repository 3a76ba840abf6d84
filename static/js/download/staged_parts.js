import { sameBytes } from "../crypto/bytes.js";
import { partLength } from "../crypto/sizes.js";
import { contentOffsets } from "../worker/zip_layout.js";

const AT_ONCE = 3;

function lastStartingAt(starts, position) {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (starts[middle] <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Content stretches become stretches of the archive that holds the same bytes between its headers. */
function archived(zipEntries) {
  const offsets = contentOffsets(zipEntries);
  const starts = [];
  zipEntries.reduce((start, { size }) => (starts.push(start), start + size), 0);
  return function stretchesOf(from, to) {
    const stretches = [];
    for (let at = lastStartingAt(starts, from); at < starts.length && starts[at] < to; at += 1) {
      const start = Math.max(0, from - starts[at]);
      const end = Math.min(zipEntries[at].size, to - starts[at]);
      if (end > start) stretches.push({ start: offsets[at] + start, end: offsets[at] + end });
    }
    return stretches;
  };
}

/**
 * Where the bytes of each part lie in a staged file.
 * @param {{plan: object, zipEntries?: {name: string, size: number}[]}} wish
 * @returns {(index: number) => {stretches: {start: number, end: number}[], padBytes: number}|null} null for a part
 *   whose beginning is not wanted, so that it cannot be sealed again
 */
export function createPlacing({ plan, zipEntries }) {
  const stretchesOf = zipEntries ? archived(zipEntries) : (start, end) => (end > start ? [{ start, end }] : []);
  return function placeOf(index) {
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
 * @param {{plan: object, placeOf: Function, seals: Map<number, object>, file: File, pool: object,
 *          contentKey: Uint8Array, onPart: (part: object) => void, signal: AbortSignal}} work
 * @returns {Promise<number[]>} in the plan's order
 */
export async function partsStillHeld({ plan, placeOf, seals, file, pool, contentKey, onPart, signal }) {
  const { size: sizeBytes, lastModified } = file;
  const held = new Set();

  async function isHeld(index) {
    const place = placeOf(index);
    if (!place) return false;
    const slices = place.stretches.map((stretch) => ({ file, ...stretch, sizeBytes, lastModified }));
    const { header, tagsDigest } = seals.get(index);
    const count = plan.partCount;
    const now = await pool.tagsUnder({ contentKey, index, count, slices, padBytes: place.padBytes, header }).catch(() => null);
    return now !== null && sameBytes(now, tagsDigest);
  }

  const waiting = plan.indexes.filter((index) => seals.has(index));
  async function lane() {
    while (waiting.length > 0) {
      signal.throwIfAborted();
      const index = waiting.shift();
      onPart({ index, phase: "sealing" });
      if (await isHeld(index)) held.add(index);
      else onPart({ index, phase: "empty" });
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  signal.throwIfAborted();
  return plan.indexes.filter((index) => held.has(index));
}

/** Of parts in the plan's order, those that follow each other from its first. */
export function leading(indexes, plan) {
  const firstMissing = plan.indexes.findIndex((index, at) => index !== indexes[at]);
  return firstMissing === -1 ? indexes : indexes.slice(0, firstMissing);
}
