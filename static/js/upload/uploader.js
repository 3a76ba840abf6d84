import { encodeB64u, randomBytes, sha256 } from "../crypto/bytes.js";
import { writeEnvelope } from "../crypto/envelope.js";
import { abortUpload, completeTransfer, createTransfer, signParts } from "../transport/api.js";
import { putPart } from "../transport/object_store.js";
import { isTransient, retrying } from "../transport/retry.js";
import { createPlaces, runLanes } from "./lanes.js";
import { createPartUrls } from "./part_urls.js";
import { manifestOf, padBytesOf, slicesOf } from "./plan.js";

const PARTS_IN_FLIGHT = 3;
const LANES = PARTS_IN_FLIGHT + 1;
const COMPLETION_ROUNDS = 3;
const TOO_MANY_REQUESTS = 429;

async function createSealed({ plan, limits, passphrase, accessToken, pool, signal, onWait }) {
  const secret = randomBytes(32);
  const ownerToken = randomBytes(32);
  const envelopeText = writeEnvelope({ salt: randomBytes(16), withPassphrase: Boolean(passphrase) });
  const keys = await pool.deriveKeys({ secret, envelopeText, passphrase });
  const body = {
    file_size_bytes: plan.sizeBytes,
    ...limits,
    payload_bytes: plan.payloadBytes,
    part_bytes: plan.sealedPartBytes,
    envelope: envelopeText,
    link_proof_hash: encodeB64u(await sha256(keys.linkProof)),
    proof_hash: encodeB64u(await sha256(keys.proof)),
    owner_token_hash: encodeB64u(await sha256(ownerToken)),
  };
  const retryIf = (error) => isTransient(error) && error.status !== TOO_MANY_REQUESTS;
  const created = await retrying(() => createTransfer(body, { accessToken, signal }), { signal, onWait, retryIf });
  return { id: created.transfer_id, secret, ownerToken, envelopeText, keys };
}

/** Seals and sends part by part. A part that is sealed again draws a fresh header (format.md §4). */
function createPartSender({ plan, pool, contentKey, urls, onPart, onWait, signal }) {
  const inPlace = createPlaces(PARTS_IN_FLIGHT);
  const stored = new Set();
  const isNeeded = (index) => !stored.has(index);

  async function put(index, sealed) {
    const url = await urls.urlOf(index, isNeeded);
    const onSent = (sentBytes) => onPart({ index, phase: "moving", sentBytes, ofBytes: sealed.length });
    await putPart({ url, body: sealed, onSent, signal });
  }

  async function putWithFreshUrlOnce(index, sealed) {
    try {
      await put(index, sealed);
    } catch (error) {
      if (error.code !== "url_refused") throw error;
      urls.forget(index);
      await put(index, sealed);
    }
  }

  return async function sendPart(index) {
    signal.throwIfAborted();
    onPart({ index, phase: "sealing" });
    const slices = slicesOf(plan, index);
    const sealed = await pool.sealPart({ contentKey, index, count: plan.partCount, slices, padBytes: padBytesOf(plan, index, slices) });
    await inPlace(() => retrying(() => putWithFreshUrlOnce(index, sealed), { signal, onWait }));
    stored.add(index);
    onPart({ index, phase: "safe", sealedBytes: sealed.length });
  };
}

async function completeWhole({ id, owner, manifest, sendPart, onWait, signal }) {
  for (let round = 1; ; round += 1) {
    try {
      return await retrying(() => completeTransfer(id, manifest, { ...owner, signal }), { signal, onWait });
    } catch (error) {
      const missing = error.code === "parts_missing" ? error.detail?.missing : null;
      if (!missing || round === COMPLETION_ROUNDS) throw error;
      await runLanes(missing, LANES, sendPart);
    }
  }
}

/**
 * Sends a planned upload and answers what the sender needs to know.
 * @param {{plan: object, limits: {expires_in_seconds: number, max_downloads: number|null},
 *          passphrase: string, accessToken?: string, signBatchMax: number, pool: object,
 *          signal: AbortSignal, onPart: (part: object) => void, onWait: (wait: object) => void,
 *          onCreated?: (abort: () => Promise<object>) => void}} upload
 * @returns {Promise<{id: string, secret: Uint8Array, ownerToken: Uint8Array, answer: object}>}
 */
export async function upload({ plan, signBatchMax, accessToken, pool, signal, onPart, onWait, onCreated, ...wish }) {
  const made = await createSealed({ plan, accessToken, pool, signal, onWait, ...wish });
  const owner = { ownerToken: encodeB64u(made.ownerToken), accessToken };
  onCreated?.(() => abortUpload(made.id, owner));
  const sign = async (indexes) => (await signParts(made.id, indexes, { ...owner, signal })).parts;
  const urls = createPartUrls({ partCount: plan.partCount, batchSize: signBatchMax, sign });
  const sendPart = createPartSender({ plan, pool, contentKey: made.keys.content, urls, onPart, onWait, signal });
  await runLanes([...Array(plan.partCount).keys()], LANES, sendPart);

  const { keys, envelopeText } = made;
  const sealed = await pool.sealManifest({ keys, envelopeText, manifest: manifestOf(plan) });
  const answer = await completeWhole({ id: made.id, owner, manifest: encodeB64u(sealed), sendPart, onWait, signal });
  return { id: made.id, secret: made.secret, ownerToken: made.ownerToken, answer };
}
