import { damaged, wrongKey } from "../errors.js";
import { concatBytes, randomBytes, sameBytes, utf8 } from "./bytes.js";
import { checkManifest } from "./manifest_rules.js";
import { TAG_BYTES, payloadLength } from "./sizes.js";
import { parseStrictJson } from "./strict_json.js";

export { FILE_COUNT_MAX, TEXT_PATH, TEXT_TYPE, makeManifest } from "./manifest_rules.js";

export const MANIFEST_PLAIN_BYTES_MAX = 8 * 2 ** 20;
export const PADDED_TO_BYTES = 4096;
const COMMITMENT_BYTES = 32;
const NONCE_BYTES = 12;

/**
 * Seals a manifest, docs/format.md section 5. `keys` is what `deriveKeys` gave, `envelopeText` the envelope
 * exactly as the server stores it, `manifest` what `makeManifest` gave. `nonce` (12 bytes) is for test vectors
 * only. A manifest that no reader would take is refused as `damaged` here.
 * @param {{keys: Pick<Keys, "manifest"|"commitment">, envelopeText: string, manifest: Manifest, nonce?: Bytes}} given
 */
export async function sealManifest({ keys, envelopeText, manifest, nonce = randomBytes(NONCE_BYTES) }) {
  const json = utf8(JSON.stringify(checkManifest(manifest, payloadLength(manifest.size))));
  const plaintext = new Uint8Array(Math.ceil(json.length / PADDED_TO_BYTES) * PADDED_TO_BYTES).fill(0x20);
  if (plaintext.length > MANIFEST_PLAIN_BYTES_MAX) throw damaged("The manifest is too long.");
  plaintext.set(json);
  const key = await manifestKey(keys, "encrypt");
  const sealed = await crypto.subtle.encrypt(algorithm(nonce, envelopeText), key, plaintext);
  return concatBytes(keys.commitment, nonce, new Uint8Array(sealed));
}

/**
 * Opens and checks a sealed manifest. `payloadBytes` is the payload's length as the server reports it.
 * Returns `{v, kind, size, part_size, parts, pad, files: [{path, size, type, modified?}]}`. `wrong_key` when
 * the key or the passphrase belongs to another transfer, `damaged` for everything after that.
 * @param {{keys: Pick<Keys, "manifest"|"commitment">, envelopeText: string, sealed: Bytes, payloadBytes: number}} given
 * @returns {Promise<Manifest>}
 */
export async function openManifest({ keys, envelopeText, sealed, payloadBytes }) {
  if (sealed.length < COMMITMENT_BYTES) throw damaged("The manifest is cut short.");
  if (!sameBytes(sealed.subarray(0, COMMITMENT_BYTES), keys.commitment)) {
    throw wrongKey("The key or the passphrase does not belong to this transfer.");
  }
  const nonce = sealed.subarray(COMMITMENT_BYTES, COMMITMENT_BYTES + NONCE_BYTES);
  const ciphertext = sealed.subarray(COMMITMENT_BYTES + NONCE_BYTES);
  const plainBytes = ciphertext.length - TAG_BYTES;
  if (plainBytes <= 0 || plainBytes > MANIFEST_PLAIN_BYTES_MAX || plainBytes % PADDED_TO_BYTES !== 0) {
    throw damaged("The manifest has a wrong length.");
  }
  const key = await manifestKey(keys, "decrypt");
  const plaintext = await crypto.subtle.decrypt(algorithm(nonce, envelopeText), key, ciphertext).catch((error) => {
    throw error.name === "OperationError" ? damaged("The manifest is damaged.") : error;
  });
  return checkManifest(parseStrictJson(decodeUtf8(plaintext)), payloadBytes);
}

/** @param {Pick<Keys, "manifest">} keys @param {KeyUsage} usage */
const manifestKey = (keys, usage) => crypto.subtle.importKey("raw", keys.manifest, "AES-GCM", false, [usage]);

/** @param {Bytes} nonce @param {string} envelopeText */
const algorithm = (nonce, envelopeText) =>
  ({ name: "AES-GCM", iv: nonce, additionalData: utf8(`sgraph-send/v1/manifest${envelopeText}`) });

/** @param {BufferSource} bytes */
function decodeUtf8(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw damaged("The manifest is not valid UTF-8.");
  }
}
