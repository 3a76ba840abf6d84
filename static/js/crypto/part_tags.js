import { concatBytes, sha256 } from "./bytes.js";
import { HEADER_BYTES, SEGMENT_BYTES, TAG_BYTES } from "./sizes.js";

/**
 * The tag digest: SHA-256 over the tags of a sealed part's segments, in order, 32 bytes. Under one key and header the
 * same plaintext gives the same tags, so it tells whether a part would read the same again, and nothing else.
 * @param {Bytes} sealed
 */
export function tagsDigestOf(sealed) {
  /** @type {Bytes[]} */
  const tags = [];
  for (let start = 0; start < sealed.length; start += SEGMENT_BYTES) {
    const end = Math.min(start + SEGMENT_BYTES, sealed.length);
    tags.push(sealed.subarray(end - TAG_BYTES, end));
  }
  return sha256(concatBytes(...tags));
}

/**
 * `tagsDigestOf` a part in the pieces that `sealPartFrom` gives.
 * @param {Bytes[]} pieces
 */
export const tagsDigestOfPieces = ([, ...segments]) =>
  sha256(concatBytes(...segments.map((segment) => segment.subarray(-TAG_BYTES))));

/**
 * What tells later whether a plaintext is the one of this sealed part.
 * @param {Bytes} sealed
 * @returns {Promise<TagDigest>}
 */
export const tagDigestOf = async (sealed) =>
  ({ header: sealed.slice(0, HEADER_BYTES), tagsDigest: await tagsDigestOf(sealed) });
