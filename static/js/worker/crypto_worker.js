import { readEnvelope } from "../crypto/envelope.js";
import { deriveKeys } from "../crypto/keys.js";
import { openManifest, sealManifest } from "../crypto/manifest.js";
import { tagsDigestOf } from "../crypto/part_tags.js";
import { openPart, sealPart } from "../crypto/stream.js";
import { readSlices } from "./slice_reader.js";
import { serveCalls } from "./serve_calls.js";

serveCalls({
  async deriveKeys({ secret, envelopeText, passphrase }) {
    return { result: await deriveKeys({ secret, envelope: readEnvelope(envelopeText), passphrase }) };
  },

  async sealPart({ contentKey, index, count, slices, padBytes }) {
    const plaintext = await readSlices(slices, padBytes);
    const sealed = await sealPart({ contentKey, index, count, plaintext });
    return { result: { sealed, tagsDigest: await tagsDigestOf(sealed) }, transfer: [sealed.buffer] };
  },

  /** Seals under a header that was used before, for comparison only: the ciphertext stays here. */
  async tagsUnder({ contentKey, index, count, slices, padBytes, header }) {
    const plaintext = await readSlices(slices, padBytes);
    return { result: await tagsDigestOf(await sealPart({ contentKey, index, count, plaintext, header })) };
  },

  async openPart({ contentKey, index, count, sealed }) {
    const plaintext = await openPart({ contentKey, index, count, sealed });
    return { result: plaintext, transfer: [plaintext.buffer] };
  },

  async sealManifest({ keys, envelopeText, manifest }) {
    return { result: await sealManifest({ keys, envelopeText, manifest }) };
  },

  async openManifest({ keys, envelopeText, sealed, payloadBytes }) {
    return { result: await openManifest({ keys, envelopeText, sealed, payloadBytes }) };
  },
});
