import { damaged } from "../errors.js";
import { concatBytes, randomBytes, u32be, utf8 } from "./bytes.js";
import { HEADER_BYTES, SEGMENT_BYTES, SEGMENT_PLAIN_BYTES, TAG_BYTES, requireIndex, sealedPartLength, segmentCount } from "./sizes.js";

export { SEGMENT_BYTES, partCount, partLength, partSizeFor, payloadLength, sealedPartLength, sealedPartOffset } from "./sizes.js";

const HEADER_FIRST_BYTE = 0x28;
const SALT_BYTES = 32;
const SEGMENTS_IN_FLIGHT = 4;

/**
 * Encrypts part `index` (from 0) of `count` as one message of Tink's AES-GCM-HKDF Streaming AEAD,
 * docs/format.md section 4. `contentKey` is 32 bytes, `plaintext` the whole part. Returns
 * `sealedPartLength(plaintext.length)` bytes. `header` (40 bytes) is for test vectors and for
 * comparing, never for sending: every call without it draws a fresh one, so that no attempt at a part ever
 * repeats a nonce.
 */
export async function sealPart({ contentKey, index, count, plaintext, header = newHeader() }) {
  if (header.length !== HEADER_BYTES || header[0] !== HEADER_FIRST_BYTE) throw new RangeError("not a part header");
  const key = await segmentKey({ contentKey, index, count, header, usage: "encrypt" });
  const sealed = new Uint8Array(sealedPartLength(plaintext.length));
  sealed.set(header);
  await forEachSegment(plaintext.length, async (segment) => {
    const algorithm = { name: "AES-GCM", iv: nonce(header, segment) };
    const bytes = plaintext.subarray(segment.plainStart, segment.plainEnd);
    sealed.set(new Uint8Array(await crypto.subtle.encrypt(algorithm, key, bytes)), segment.sealedStart);
  });
  return sealed;
}

/**
 * Decrypts what `sealPart` made: `sealed` is the whole ciphertext of part `index` of `count`. Returns the
 * plaintext once every segment was verified. `damaged` when anything differs, the end, the part's place and
 * the number of parts included.
 */
export async function openPart({ contentKey, index, count, sealed }) {
  const problem = () => damaged(`Part ${index + 1} of ${count} is damaged.`);
  const plainBytes = sealed.length - HEADER_BYTES - TAG_BYTES * Math.ceil(sealed.length / SEGMENT_BYTES);
  if (plainBytes < 0 || sealedPartLength(plainBytes) !== sealed.length) throw problem();
  const header = sealed.subarray(0, HEADER_BYTES);
  if (header[0] !== HEADER_FIRST_BYTE) throw problem();
  const key = await segmentKey({ contentKey, index, count, header, usage: "decrypt" });
  const plaintext = new Uint8Array(plainBytes);
  await forEachSegment(plainBytes, async (segment) => {
    const algorithm = { name: "AES-GCM", iv: nonce(header, segment) };
    const bytes = sealed.subarray(segment.sealedStart, segment.sealedEnd);
    const opened = await crypto.subtle.decrypt(algorithm, key, bytes).catch((error) => {
      throw error.name === "OperationError" ? problem() : error;
    });
    plaintext.set(new Uint8Array(opened), segment.plainStart);
  });
  return plaintext;
}

function newHeader() {
  return concatBytes(Uint8Array.of(HEADER_FIRST_BYTE), randomBytes(HEADER_BYTES - 1));
}

async function segmentKey({ contentKey, index, count, header, usage }) {
  requireIndex(index, count);
  const info = concatBytes(utf8("sgraph-send/v1/part"), u32be(index), u32be(count));
  const salt = header.subarray(1, 1 + SALT_BYTES);
  const input = await crypto.subtle.importKey("raw", contentKey, "HKDF", false, ["deriveKey"]);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt, info };
  return crypto.subtle.deriveKey(hkdf, input, { name: "AES-GCM", length: 256 }, false, [usage]);
}

function nonce(header, { number, last }) {
  return concatBytes(header.subarray(1 + SALT_BYTES), u32be(number), Uint8Array.of(last ? 1 : 0));
}

// The header takes its 40 bytes from the first segment, so every later boundary is shifted by them.
function segmentAt(number, plainBytes) {
  const total = segmentCount(plainBytes);
  return {
    number,
    last: number === total - 1,
    plainStart: Math.max(0, number * SEGMENT_PLAIN_BYTES - HEADER_BYTES),
    plainEnd: Math.min(plainBytes, (number + 1) * SEGMENT_PLAIN_BYTES - HEADER_BYTES),
    sealedStart: Math.max(HEADER_BYTES, number * SEGMENT_BYTES),
    sealedEnd: Math.min(sealedPartLength(plainBytes), (number + 1) * SEGMENT_BYTES),
  };
}

// WebCrypto works on other threads: with a few calls under way they need not wait for this one.
async function forEachSegment(plainBytes, work) {
  const total = segmentCount(plainBytes);
  let next = 0;
  const lane = async () => {
    while (next < total) await work(segmentAt(next++, plainBytes));
  };
  await Promise.all(Array.from({ length: Math.min(SEGMENTS_IN_FLIGHT, total) }, lane));
}
