import { createSemaphore } from "../concurrency.js";

const FRESH_FOR_MS = 30 * 60 * 1000;

/**
 * Signed addresses for the parts, fetched in batches ahead of need and again when they grow old.
 * @param {{partCount: number, batchSize: number, sign: (indexes: number[]) => Promise<{index: number, url: string}[]>}} source
 */
export function createPartUrls({ partCount, batchSize, sign, now = () => performance.now() }) {
  const known = new Map();
  const oneAtATime = createSemaphore(() => 1);

  function isFresh(index) {
    return known.has(index) && now() - known.get(index).signedAt < FRESH_FOR_MS;
  }

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
    /** @param {(index: number) => boolean} isNeeded which later parts to sign along */
    async urlOf(index, isNeeded = () => true) {
      await oneAtATime(() => signBatch(index, isNeeded));
      return known.get(index).url;
    },
    forget: (index) => known.delete(index),
  };
}
