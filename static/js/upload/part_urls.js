import { createSemaphore } from "../concurrency.js";

const FRESH_FOR_MS = 30 * 60 * 1000;

/**
 * Signed addresses for the parts, fetched in batches ahead of need and again when they grow old.
 * @param {{partCount: number, batchSize: number, sign: (indexes: number[]) => Promise<{index: number, url: string}[]>,
 *          now?: () => number}} source
 */
export function createPartUrls({ partCount, batchSize, sign, now = () => performance.now() }) {
  /** @type {Map<number, {url: string, signedAt: number}>} */
  const known = new Map();
  const oneAtATime = createSemaphore(() => 1);

  /** @param {number} index */
  function isFresh(index) {
    return now() - (known.get(index)?.signedAt ?? -Infinity) < FRESH_FOR_MS;
  }

  /** @param {number} first @param {(index: number) => boolean} isNeeded */
  async function signBatch(first, isNeeded) {
    if (isFresh(first)) return;
    const indexes = [first];
    for (let index = first + 1; index < partCount && indexes.length < batchSize; index += 1) {
      if (isNeeded(index) && !isFresh(index)) indexes.push(index);
    }
    const signedAt = now();
    for (const { index, url } of await sign(indexes)) known.set(index, { url, signedAt });
  }

  return {
    /**
     * @param {number} index
     * @param {(index: number) => boolean} isNeeded which later parts to sign along
     * @returns {Promise<string>}
     */
    async urlOf(index, isNeeded = () => true) {
      await oneAtATime(() => signBatch(index, isNeeded));
      return /** @type {{url: string}} */ (known.get(index)).url;
    },
    /** @param {number} index */
    forget: (index) => known.delete(index),
  };
}
