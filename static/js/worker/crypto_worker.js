import { readEnvelope } from "../crypto/envelope.js";
import { deriveKeys } from "../crypto/keys.js";
import { openManifest, sealManifest } from "../crypto/manifest.js";
import { tagsDigestOfPieces } from "../crypto/part_tags.js";
import { SEGMENT_BYTES } from "../crypto/sizes.js";
import { openPart, sealPartFrom } from "../crypto/stream.js";
import { noteReleasedBytes } from "../transport/garbage_collection.js";
import { createSliceReader } from "./slice_reader.js";
import { serveCalls } from "./serve_calls.js";

/** @param {SlicedPart} part */
async function sealSlices({ slices, padBytes, ...part }) {
  const plainBytes = slices.reduce((sum, { start, end }) => sum + end - start, padBytes);
  const reader = createSliceReader(slices, SEGMENT_BYTES);
  try {
    const pieces = await sealPartFrom({ ...part, plainBytes, read: reader.read });
    return { pieces, header: pieces[0], tagsDigest: await tagsDigestOfPieces(pieces) };
  } finally {
    reader.close();
  }
}

serveCalls({
  async deriveKeys({ secret, envelopeText, passphrase }) {
    return { result: await deriveKeys({ secret, envelope: readEnvelope(envelopeText), passphrase }) };
  },

  async sealPart(payload) {
    const { pieces, header, tagsDigest } = await sealSlices(payload);
    const body = new Blob(pieces);
    noteReleasedBytes(body.size);
    return { result: { body, header, tagsDigest } };
  },

  /** Seals under a header that was used before, for comparison only: the ciphertext stays here. */
  async tagsUnder(payload) {
    const { pieces, tagsDigest } = await sealSlices(payload);
    noteReleasedBytes(pieces.length * SEGMENT_BYTES);
    return { result: tagsDigest };
  },

  async openPart(payload) {
    const plaintext = await openPart(payload);
    noteReleasedBytes(plaintext.length);
    return { result: plaintext, transfer: [plaintext.buffer] };
  },

  sealManifest: async (payload) => ({ result: await sealManifest(payload) }),
  openManifest: async (payload) => ({ result: await openManifest(payload) }),
});
