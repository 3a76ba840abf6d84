import { encodeB64u, randomBytes, sha256 } from "../crypto/bytes.js";
import { writeEnvelope } from "../crypto/envelope.js";
import { KDF_SALT_BYTES, SECRET_BYTES } from "../crypto/sizes.js";
import { createTransfer } from "../transport/api.js";
import { retriesUnasked, retrying } from "../transport/retry.js";

/**
 * Draws secret and owner token, derives the keys and creates the transfer.
 * @param {{plan: UploadPlan, limits: Terms, passphrase: string, accessToken?: string, pool: CryptoPool,
 *          signal: AbortSignal, onWait: (wait: Wait) => void}} options
 * @returns {Promise<BegunTransfer>} `keys` without the proofs, which
 *   only the server's hashes of them are needed for
 */
export async function beginTransfer({ plan, limits, passphrase, accessToken, pool, signal, onWait }) {
  const secret = randomBytes(SECRET_BYTES);
  const ownerToken = randomBytes(SECRET_BYTES);
  const envelopeText = writeEnvelope({ salt: randomBytes(KDF_SALT_BYTES), withPassphrase: Boolean(passphrase) });
  const { content, manifest, commitment, proof, linkProof } = await pool.deriveKeys({ secret, envelopeText, passphrase });
  const body = {
    file_size_bytes: plan.sizeBytes,
    ...limits,
    payload_bytes: plan.payloadBytes,
    part_bytes: plan.sealedPartBytes,
    envelope: envelopeText,
    link_proof_hash: encodeB64u(await sha256(linkProof)),
    proof_hash: encodeB64u(await sha256(proof)),
    owner_token_hash: encodeB64u(await sha256(ownerToken)),
  };
  const create = () => createTransfer(body, { accessToken, signal });
  const { transfer_id: id, expires_at: expiresAt } = await retrying(create, { signal, onWait, retryIf: retriesUnasked });
  return { id, secret, ownerToken, accessToken, envelopeText, keys: { content, manifest, commitment }, expiresAt };
}
