import { createSemaphore, forEachInSlots } from "../concurrency.js";
import { encodeB64u } from "../crypto/bytes.js";
import { SendError } from "../errors.js";
import { abortUpload, completeTransfer, deleteTransfer, listParts, signParts } from "../transport/api.js";
import { createRateController } from "../transport/rate_controller.js";
import { retrying } from "../transport/retry.js";
import { createPartCheck, comparableParts, sampleOf } from "./kept_parts.js";
import { createPartSender } from "./part_sender.js";
import { createPartUrls } from "./part_urls.js";
import { manifestOf } from "./plan.js";

const COMPLETION_ROUNDS = 3;
const SEALED_AHEAD = 1;
const FIRST_IN_FLIGHT = 2;
const MOST_IN_FLIGHT = 8;
const IN_FLIGHT_BYTES_MAX = 96 * 2 ** 20;
const SHORTEST_SPAN_MS = 1000;
const NOT_ALLOWED = new Set([401, 403]);

/**
 * @typedef {{transfer: BegunTransfer, sealedManifest: string, gate: Gate, onWait: (wait: Wait) => void}} Completing
 */

/**
 * Parts in flight that the memory budget allows: the browser holds a part until it is acknowledged.
 * @param {number} sealedPartBytes
 */
export const mostInFlight = (sealedPartBytes) =>
  Math.max(1, Math.min(MOST_IN_FLIGHT, Math.floor(IN_FLIGHT_BYTES_MAX / sealedPartBytes)));

/**
 * What the calls of a transfer's sender are authorised with.
 * @param {{ownerToken: Bytes, accessToken?: string}} transfer
 * @returns {Owner}
 */
export const ownerOf = ({ ownerToken, accessToken }) => ({ ownerToken: encodeB64u(ownerToken), accessToken });

/**
 * Gives an unfinished upload up: its parts are deleted at the store. Deleting needs no access token, or a revoked one.
 * @param {Pick<BegunTransfer, "id"|"ownerToken"|"accessToken">} transfer
 */
export async function abortTransfer(transfer) {
  const owner = ownerOf(transfer);
  try {
    return await abortUpload(transfer.id, owner);
  } catch (/** @type {any} */ error) {
    if (!NOT_ALLOWED.has(error.status)) throw error;
    return deleteTransfer(transfer.id, owner);
  }
}

/**
 * Completes with a sealed manifest, sending again what the store has lost.
 * @param {Completing & {sendMissing: (indexes: number[]) => Promise<void>}} work
 * @returns {Promise<Completion>}
 */
async function complete({ transfer, sealedManifest, sendMissing, gate, onWait }) {
  const call = (/** @type {AbortSignal} */ signal) => completeTransfer(transfer.id, sealedManifest, { ...ownerOf(transfer), signal });
  for (let round = 1; ; round += 1) {
    try {
      return await gate.run((signal) => retrying(() => call(signal), { signal, onWait }));
    } catch (/** @type {any} */ error) {
      const missing = error.code === "parts_missing" ? error.detail?.missing : null;
      if (!missing || round === COMPLETION_ROUNDS) throw error;
      await sendMissing(missing);
    }
  }
}

/**
 * An upload whose completion was asked for and whose answer was lost needs no file.
 * @param {Completing} work
 */
export function repeatCompletion({ transfer, sealedManifest, gate, onWait }) {
  const sendMissing = () => Promise.reject(new SendError("parts_missing", "The store has lost parts."));
  return complete({ transfer, sealedManifest, sendMissing, gate, onWait });
}

/** @param {UploadWork & {stored: Set<number>}} work */
function createSendAll({ transfer, plan, signBatchMax, pool, gate, record, stored, onPart, onWait }) {
  const owner = ownerOf(transfer);
  /** @param {number[]} indexes */
  const sign = async (indexes) => (await signParts(transfer.id, indexes, { ...owner, signal: gate.signal() })).parts;
  const urls = createPartUrls({ partCount: plan.partCount, batchSize: signBatchMax, sign });
  const rate = createRateController({ most: mostInFlight(plan.sealedPartBytes), start: FIRST_IN_FLIGHT, shortestSpanMs: SHORTEST_SPAN_MS });
  const contentKey = transfer.keys.content;
  const sendPart = createPartSender({ plan, contentKey, pool, urls, rate, gate, record, stored, onPart, onWait });
  const inSlot = createSemaphore(() => rate.limit() + SEALED_AHEAD);
  return (/** @type {number[]} */ indexes) => forEachInSlots(indexes, inSlot, sendPart);
}

/** @param {UploadWork & {kept: Map<number, TagDigest>}} work */
async function keptAtStore({ transfer, plan, pool, gate, kept, onPart, onWait }) {
  const call = (/** @type {AbortSignal} */ signal) => listParts(transfer.id, { ...ownerOf(transfer), signal });
  const { parts } = await gate.run((signal) => retrying(() => call(signal), { signal, onWait }));
  const indexes = comparableParts(parts, kept);
  const checkPart = createPartCheck({ plan, contentKey: transfer.keys.content, pool, kept });
  for (const index of sampleOf(indexes)) await checkPart(index);
  const bytesOf = new Map(parts.map(({ index, size_bytes: sizeBytes }) => [index, sizeBytes]));
  for (const index of indexes) onPart({ index, phase: "safe", sealedBytes: bytesOf.get(index), isKept: true });
  return { indexes, checkPart };
}

/**
 * Sends the parts of a begun transfer that the store does not have yet, and completes it. Parts that it has
 * are compared with the files before anything is sent (a few) and before completion (all).
 * @param {UploadWork & {kept?: Map<number, TagDigest>}} work `kept` is given when an upload goes on that began earlier
 * @returns {Promise<Completion>} the server's answer to completion
 */
export async function sendTransfer({ kept, ...work }) {
  const { transfer, plan, pool, gate, record, onWait } = work;
  /** @type {Set<number>} */
  const stored = new Set();
  const sendAll = createSendAll({ ...work, stored });
  const already = kept ? await keptAtStore({ ...work, kept }) : null;
  for (const index of already?.indexes ?? []) stored.add(index);
  const missing = [...Array(plan.partCount).keys()].filter((index) => !stored.has(index));
  const oneAtATime = createSemaphore(() => 1);
  await Promise.all([sendAll(missing), already && forEachInSlots(already.indexes, oneAtATime, already.checkPart)]);

  const { keys, envelopeText } = transfer;
  const sealed = await pool.sealManifest({ keys, envelopeText, manifest: manifestOf(plan) });
  const sealedManifest = encodeB64u(sealed);
  await record.keepManifest(sealedManifest);
  return complete({ transfer, sealedManifest, sendMissing: sendAll, gate, onWait });
}
