import { createOrderedQueue, createSemaphore } from "../concurrency.js";
import { tagDigestOf } from "../crypto/part_tags.js";
import { getRange } from "../transport/object_store.js";
import { createRateController } from "../transport/rate_controller.js";
import { isTransient, retrying } from "../transport/retry.js";
import { outputOffset, sealedRangeOf, wantedBytes } from "./plan.js";

const TRIES_AT_DAMAGED_BYTES = 2;
const HELD_BYTES_MAX = 64 * 2 ** 20;
const HELD_PARTS_MIN = 2;
const PARTS_AT_ONCE = { least: 2, start: 3, most: 6, shortestSpanMs: 0 };

/**
 * @typedef {Connection & {plan: DownloadPlan, lease: Lease, pool: CryptoPool, contentKey: Bytes, rate: RateController,
 *           spareBuffers: ArrayBuffer[], inFetchSlot: Semaphore, signal: AbortSignal}} PartSources
 */

export const createDownloadRate = () => createRateController(PARTS_AT_ONCE);

/** @param {Failure} error */
const mayHelpToRetry = (error) => isTransient(error) || error.code === "url_refused";

/**
 * Parts that may be fetched, opened or waiting for their turn at a time, so that memory stays flat.
 * @param {{partSizeBytes: number}} plan
 */
export const heldPartsMax = (plan) => Math.max(HELD_PARTS_MIN, Math.floor(HELD_BYTES_MAX / plan.partSizeBytes));

/** @param {PartSources} sources */
function createPartOpener({ plan, lease, pool, contentKey, spareBuffers, rate, inFetchSlot, onPart, onWait, signal }) {
  /** @param {number} index */
  async function fetchSealed(index) {
    const { start, end, lengthBytes } = sealedRangeOf(plan, index);
    const onReceived = (/** @type {number} */ sentBytes) => onPart({ index, phase: "moving", sentBytes, ofBytes: lengthBytes });
    const url = lease.url();
    try {
      return await getRange({ url, start, end, totalBytes: plan.payloadBytes, buffer: spareBuffers.pop(), onReceived, signal });
    } catch (/** @type {any} */ error) {
      if (isTransient(error)) rate.failed();
      if (error.code === "url_refused") await lease.refresh(url);
      throw error;
    }
  }

  /** @param {number} index */
  async function fetchCounted(index) {
    onPart({ index, phase: "sealing" });
    const onFailedTry = (/** @type {Wait} */ wait) => onWait({ ...wait, index });
    const sealed = await retrying(() => fetchSealed(index), { signal, onWait: onFailedTry, retryIf: mayHelpToRetry });
    rate.moved(sealed.length);
    rate.partDone();
    return sealed;
  }

  /** @param {number} index */
  return async function openOnePart(index) {
    for (let attempt = 1; ; attempt += 1) {
      const sealed = await inFetchSlot(() => fetchCounted(index));
      const tagDigest = await tagDigestOf(sealed);
      try {
        return { tagDigest, plaintext: await pool.openPart({ contentKey, index, count: plan.partCount, sealed }) };
      } catch (/** @type {any} */ error) {
        if (error.code !== "damaged" || attempt === TRIES_AT_DAMAGED_BYTES) throw error;
      }
    }
  };
}

/**
 * Fetches the planned parts that are not `done`, several at once, opens them in workers and writes what was
 * verified to the sink: at its offset, or in order where the sink wants that. Returns or throws only when
 * nothing is under way any more; `done` then names the parts that the sink holds, so that another call goes
 * on from there. The caller finishes or discards the sink.
 * @param {Connection & {plan: DownloadPlan, done: Set<number>, sink: WritableSink, rate: RateController, lease: Lease,
 *          pool: CryptoPool, contentKey: Bytes, onWritten?: (index: number, tagDigest: TagDigest) => void,
 *          signal: AbortSignal}} download `onWritten` is
 *   called for each part that the sink took, with its tag digest as in crypto/part_tags.js
 */
export async function fetchInto({ plan, done, sink, rate, onPart, onWritten, signal: outer, ...sources }) {
  const failing = new AbortController();
  const signal = AbortSignal.any([outer, failing.signal]);
  const heldParts = heldPartsMax(plan);
  const inHeldSlot = createSemaphore(() => heldParts);
  const inFetchSlot = createSemaphore(rate.limit);
  const takeTurn = createOrderedQueue();
  /** @type {ArrayBuffer[]} */
  const spareBuffers = [];
  const openOnePart = createPartOpener({ plan, spareBuffers, rate, inFetchSlot, onPart, signal, ...sources });

  /** @param {number} index @param {{ready: Promise<void>}} turn */
  async function fetchAndWrite(index, turn) {
    const { plaintext, tagDigest } = await openOnePart(index);
    if (sink.inOrder) await turn.ready;
    signal.throwIfAborted();
    const wanted = wantedBytes(plan, index, plaintext);
    const spare = wanted.length > 0 ? await sink.write(wanted, outputOffset(plan, index)) : plaintext.buffer;
    if (spare) spareBuffers.push(spare);
    done.add(index);
    onWritten?.(index, tagDigest);
    onPart({ index, phase: "safe", sealedBytes: sealedRangeOf(plan, index).lengthBytes });
  }

  /** @param {number} index */
  async function handlePart(index) {
    if (signal.aborted) return;
    const turn = takeTurn();
    try {
      await fetchAndWrite(index, turn);
    } catch (/** @type {any} */ error) {
      failing.abort(error);
      onPart({ index, phase: "empty" });
    } finally {
      turn.end();
    }
  }

  rate.restart();
  const missing = plan.indexes.filter((index) => !done.has(index));
  await Promise.all(missing.map((index) => inHeldSlot(() => handlePart(index))));
  outer.throwIfAborted();
  failing.signal.throwIfAborted();
}
