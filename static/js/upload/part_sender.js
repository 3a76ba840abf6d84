import { createOrderedQueue, createSemaphore } from "../concurrency.js";
import { putPart } from "../transport/object_store.js";
import { retrying } from "../transport/retry.js";
import { padBytesOf, slicesOf } from "./plan.js";

/**
 * Seals and sends part by part. A part that is sealed again draws a fresh header (format.md §4); a part that
 * is sent again is the same ciphertext. What a later continuation needs is kept before the part is sent.
 * @param {Pick<UploadWork, "plan"|"pool"|"gate"|"record"|"onPart"|"onWait"> & {contentKey: Bytes, urls: PartUrls,
 *         rate: RateController, stored: Set<number>}} work
 * @returns {(index: number) => Promise<void>}
 */
export function createPartSender({ plan, contentKey, pool, urls, rate, gate, record, stored, onPart, onWait }) {
  const inFlight = createSemaphore(rate.limit);
  const takeTurn = createOrderedQueue();
  const isNeeded = (/** @type {number} */ index) => !stored.has(index);

  /** @param {number} index @param {Blob} body @param {AbortSignal} signal */
  async function put(index, body, signal) {
    const url = await urls.urlOf(index, isNeeded);
    let countedBytes = 0;
    /** @param {number} sentBytes */
    function onSent(sentBytes) {
      rate.moved(sentBytes - countedBytes);
      countedBytes = sentBytes;
      onPart({ index, phase: "moving", sentBytes, ofBytes: body.size });
    }
    await putPart({ url, body, onSent, signal });
    rate.moved(body.size - countedBytes);
  }

  /** @param {number} index @param {Blob} body @param {AbortSignal} signal */
  async function putWithFreshUrlOnce(index, body, signal) {
    try {
      await put(index, body, signal);
    } catch (/** @type {any} */ error) {
      if (error.code !== "url_refused") throw error;
      urls.forget(index);
      await put(index, body, signal);
    }
  }

  /** @param {number} index @param {Blob} body */
  async function send(index, body) {
    let begun = false;
    await gate.run((signal) => {
      if (begun) rate.restart();
      begun = true;
      const onFailedTry = (/** @type {Wait} */ wait) => {
        rate.failed();
        onWait({ ...wait, index });
      };
      return retrying(() => putWithFreshUrlOnce(index, body, signal), { signal, onWait: onFailedTry });
    });
    rate.partDone();
  }

  /** @param {number} index */
  async function seal(index) {
    await gate.whenOpen();
    onPart({ index, phase: "sealing" });
    const slices = slicesOf(plan, index);
    const padBytes = padBytesOf(plan, index, slices);
    const part = { contentKey, index, count: plan.partCount, slices, padBytes };
    const { body, header, tagsDigest } = await pool.sealPart(part);
    await record.keepPart(index, { header, tagsDigest });
    return body;
  }

  /** @param {number} index */
  async function sealInTurn(index) {
    const turn = takeTurn();
    try {
      const body = await seal(index);
      await turn.ready;
      return body;
    } finally {
      turn.end();
    }
  }

  return async function sendPart(index) {
    const body = await sealInTurn(index);
    await inFlight(() => send(index, body));
    stored.add(index);
    onPart({ index, phase: "safe", sealedBytes: body.size });
  };
}
