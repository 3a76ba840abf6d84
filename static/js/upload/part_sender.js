import { putPart } from "../transport/object_store.js";
import { retrying } from "../transport/retry.js";
import { createPlaces } from "./lanes.js";
import { padBytesOf, slicesOf } from "./plan.js";

const HEADER_BYTES = 40;

/**
 * Seals and sends part by part. A part that is sealed again draws a fresh header (format.md §4); a part that
 * is sent again is the same ciphertext. What a later continuation needs is kept before the part is sent.
 * @param {{plan: object, contentKey: Uint8Array, pool: object, urls: object, pace: object, gate: object,
 *          record: object, stored: Set<number>, onPart: (part: object) => void, onWait: (wait: object) => void}} work
 * @returns {(index: number) => Promise<void>}
 */
export function createPartSender({ plan, contentKey, pool, urls, pace, gate, record, stored, onPart, onWait }) {
  const inFlight = createPlaces(pace.limit);
  const spareBuffers = [];
  const isNeeded = (index) => !stored.has(index);

  const takeBuffer = () => spareBuffers.pop() ?? new ArrayBuffer(plan.sealedPartBytes);

  async function put(index, sealed, signal) {
    const url = await urls.urlOf(index, isNeeded);
    let countedBytes = 0;
    function onSent(sentBytes) {
      pace.moved(sentBytes - countedBytes);
      countedBytes = sentBytes;
      onPart({ index, phase: "moving", sentBytes, ofBytes: sealed.length });
    }
    await putPart({ url, body: sealed, onSent, signal });
    pace.moved(sealed.length - countedBytes);
  }

  async function putWithFreshUrlOnce(index, sealed, signal) {
    try {
      await put(index, sealed, signal);
    } catch (error) {
      if (error.code !== "url_refused") throw error;
      urls.forget(index);
      await put(index, sealed, signal);
    }
  }

  function onFailedTry(wait) {
    pace.failed();
    onWait(wait);
  }

  async function send(index, sealed) {
    let begun = false;
    await gate.run((signal) => {
      if (begun) pace.restart();
      begun = true;
      const attempt = () => putWithFreshUrlOnce(index, sealed, signal);
      return retrying(attempt, { signal, onWait: onFailedTry });
    });
    pace.stored();
  }

  return async function sendPart(index) {
    await gate.whenOpen();
    onPart({ index, phase: "sealing" });
    const slices = slicesOf(plan, index);
    const padBytes = padBytesOf(plan, index, slices);
    const part = { contentKey, index, count: plan.partCount, slices, padBytes, buffer: takeBuffer() };
    const { sealed, tagsDigest } = await pool.sealPart(part);
    await record.keepPart(index, { header: sealed.slice(0, HEADER_BYTES), tagsDigest });
    await inFlight(() => send(index, sealed));
    stored.add(index);
    spareBuffers.push(sealed.buffer);
    onPart({ index, phase: "safe", sealedBytes: sealed.length });
  };
}
