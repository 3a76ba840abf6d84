import { decodeB64u, encodeB64u } from "../crypto/bytes.js";
import { readEnvelope } from "../crypto/envelope.js";
import { SendError } from "../errors.js";
import { readInfo, readManifest } from "../transport/api.js";
import { A_FEW_TRIES, retrying } from "../transport/retry.js";
import { rememberedLeaseToken } from "./lease.js";

/**
 * What the server says about the transfer before anybody proves anything.
 * @param {string} id
 * @returns {Promise<{info: TransferInfo, needsPassphrase: boolean}>}
 * @throws {SendError} `raw_transfer`, `transfer_not_ready`, `unsupported`, `damaged`, or the server's code
 */
export async function lookUp(id) {
  const leaseToken = rememberedLeaseToken(id) ?? undefined;
  const info = await retrying(() => readInfo(id, { leaseToken }), A_FEW_TRIES);
  if (info.envelope === null) throw new SendError("raw_transfer", "This transfer was not sealed by a page.");
  if (info.status !== "completed") throw new SendError("transfer_not_ready", "The upload is not complete.");
  return { info, needsPassphrase: readEnvelope(info.envelope).argon2id !== null };
}

/**
 * Proves key and passphrase, and opens the list of files. Takes no download.
 * @param {{id: string, info: TransferInfo, secret: Bytes, passphrase: string, pool: CryptoPool}} options
 * @returns {Promise<OpenedTransfer>}
 */
export async function openTransfer({ id, info, secret, passphrase, pool }) {
  const envelopeText = info.envelope;
  const keys = await pool.deriveKeys({ secret, envelopeText, passphrase });
  const proofs = { link_proof: encodeB64u(keys.linkProof), proof: encodeB64u(keys.proof) };
  const leaseToken = rememberedLeaseToken(id) ?? undefined;
  const answer = await retrying(() => readManifest(id, { proofs, leaseToken }), A_FEW_TRIES);
  const sealed = decodeB64u(answer.manifest);
  const manifest = await pool.openManifest({ keys, envelopeText, sealed, payloadBytes: info.payload_bytes });
  return { keys, proofs, manifest };
}
