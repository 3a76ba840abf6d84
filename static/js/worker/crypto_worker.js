import { readEnvelope } from "../crypto/envelope.js";
import { deriveKeys } from "../crypto/keys.js";
import { openManifest, sealManifest } from "../crypto/manifest.js";
import { tagsDigestOf } from "../crypto/part_tags.js";
import { SEGMENT_BYTES } from "../crypto/sizes.js";
import { openPart, sealPartFrom } from "../crypto/stream.js";
import { countAsHeld } from "../transport/held_memory.js";
import { createSliceReader } from "./slice_reader.js";
import { serveCalls } from "./serve_calls.js";

let comparing = null;

async function sealSlices({ slices, padBytes, ...part }) {
  const plainBytes = slices.reduce((sum, { start, end }) => sum + end - start, padBytes);
  const reader = createSliceReader(slices, SEGMENT_BYTES);
  try {
    const sealed = await sealPartFrom({ ...part, plainBytes, read: reader.read });
    countAsHeld(sealed.length);
    return sealed;
  } finally {
    reader.close();
  }
}

serveCalls({
  async deriveKeys({ secret, envelopeText, passphrase }) {
    return { result: await deriveKeys({ secret, envelope: readEnvelope(envelopeText), passphrase }) };
  },

  async sealPart(payload) {
    const sealed = await sealSlices(payload);
    return { result: { sealed, tagsDigest: await tagsDigestOf(sealed) }, transfer: [sealed.buffer] };
  },

  /** Seals under a header that was used before, for comparison only: the ciphertext stays here. */
  async tagsUnder(payload) {
    const sealed = await sealSlices({ ...payload, buffer: comparing });
    comparing = sealed.buffer;
    return { result: await tagsDigestOf(sealed) };
  },

  async openPart(payload) {
    const plaintext = await openPart(payload);
    countAsHeld(plaintext.length);
    return { result: plaintext, transfer: [plaintext.buffer] };
  },

  async sealManifest({ keys, envelopeText, manifest }) {
    return { result: await sealManifest({ keys, envelopeText, manifest }) };
  },

  async openManifest({ keys, envelopeText, sealed, payloadBytes }) {
    return { result: await openManifest({ keys, envelopeText, sealed, payloadBytes }) };
  },
});
