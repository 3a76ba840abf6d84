import { wrongKey } from "../errors.js";
import { concatBytes, utf8 } from "./bytes.js";
import { stretchPassphrase } from "./passphrase.js";
import { SECRET_BYTES } from "./sizes.js";

const LABEL_PREFIX = "sgraph-send/v1/";
const KEY_BITS = 256;

/**
 * The key schedule, docs/format.md section 2. `secret` is 32 bytes, `envelope` what `readEnvelope` gave,
 * `passphrase` a string; an empty or missing one is no passphrase. Returns `{content, manifest, proof,
 * commitment, linkProof}`, 32 bytes each. `wrong_key` when a passphrase is missing, or given for a transfer
 * that takes none: silently ignoring it would leave a sender believing in a protection that is not there.
 * @param {{secret: Bytes, envelope: Envelope, passphrase?: string}} from
 * @returns {Promise<Keys>}
 */
export async function deriveKeys({ secret, envelope, passphrase = "" }) {
  if (secret.length !== SECRET_BYTES) throw new RangeError(`the secret is not ${SECRET_BYTES} bytes`);
  const expand = await expander(await inputKeyMaterial(secret, envelope, passphrase), envelope.salt);
  const expandSecret = await expander(secret, envelope.salt);
  const [content, manifest, proof, commitment] = await Promise.all(["content", "manifest", "proof", "commitment"].map(expand));
  return { content, manifest, proof, commitment, linkProof: await expandSecret("link-proof") };
}

/** @param {Bytes} secret @param {Envelope} envelope @param {string} passphrase */
async function inputKeyMaterial(secret, { salt, argon2id }, passphrase) {
  if (argon2id === null) {
    if (passphrase !== "") throw wrongKey("This transfer takes no passphrase.");
    return secret;
  }
  if (passphrase === "") throw wrongKey("This transfer needs a passphrase.");
  return concatBytes(secret, await stretchPassphrase(passphrase, salt, argon2id));
}

/**
 * @param {Bytes} ikm
 * @param {Bytes} salt
 * @returns {Promise<(label: string) => Promise<Bytes>>}
 */
async function expander(ikm, salt) {
  const key = await crypto.subtle.importKey("raw", ikm, "HKDF", false, ["deriveBits"]);
  return async (label) => {
    const info = utf8(LABEL_PREFIX + label);
    return new Uint8Array(await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, key, KEY_BITS));
  };
}
