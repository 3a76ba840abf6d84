import { damaged } from "../errors.js";
import { concatBytes, randomBytes, u32be, utf8 } from "./bytes.js";
import { HEADER_BYTES, SEGMENT_BYTES, SEGMENT_PLAIN_BYTES, TAG_BYTES, requireIndex, sealedPartLength, segmentCount } from "./sizes.js";

export { SEGMENT_BYTES, partCount, partLength, partSizeFor, payloadLength, sealedPartLength, sealedPartOffset } from "./sizes.js";

const HEADER_FIRST_BYTE = 0x28;
const SALT_BYTES = 32;
const SEGMENTS_IN_FLIGHT = 4;

/**
 * @typedef {{number: number, last: boolean, plainStart: number, plainEnd: number, sealedStart: number,
 *            sealedEnd: number}} Segment
 */

/**
 * Encrypts part `index` (from 0) of `count` as one message of Tink's AES-GCM-HKDF Streaming AEAD,
 * docs/format.md section 4. `contentKey` is 32 bytes, `plaintext` the whole part. Returns
 * `sealedPartLength(plaintext.length)` bytes. `header` (40 bytes) is for test vectors and for
 * comparing, never for sending: every call without it draws a fresh one, so that no attempt at a part ever
 * repeats a nonce.
 * @param {PartKey & {plaintext: Bytes, header?: Bytes}} part
 */
export async function sealPart({ plaintext, ...part }) {
  let at = 0;
  const read = async (/** @type {number} */ lengthBytes) => plaintext.subarray(at, (at += lengthBytes));
  return concatBytes(...(await sealPartFrom({ ...part, plainBytes: plaintext.length, read })));
}

/**
 * `sealPart` of plaintext that is read piece by piece: `read(n)` gives the next `n` bytes, which need to last
 * until the next call only.
 * @param {PartKey & {plainBytes: number, read: (lengthBytes: number) => Promise<Bytes>, header?: Bytes}} part
 * @returns {Promise<Bytes[]>} the header, then the sealed segments in order: joined they are the part
 */
export async function sealPartFrom({ contentKey, index, count, plainBytes, read, header = newHeader() }) {
  if (header.length !== HEADER_BYTES || header[0] !== HEADER_FIRST_BYTE) throw new RangeError("not a part header");
  const key = await segmentKey({ contentKey, index, count, header, usage: "encrypt" });
  const pieces = [header];
  await forEachSegment(plainBytes, async (segment) => {
    const bytes = await read(segment.plainEnd - segment.plainStart);
    const sealing = crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce(header, segment) }, key, bytes);
    return { ended: sealing.then((result) => (pieces[segment.number + 1] = new Uint8Array(result))) };
  });
  return pieces;
}

/**
 * Decrypts what `sealPart` made: `sealed` is the whole ciphertext of part `index` of `count`. Returns the
 * plaintext once every segment was verified: it lies where the ciphertext lay, which is gone also on failure.
 * `damaged` when anything differs, the end, the part's place and the number of parts included.
 * @param {PartKey & {sealed: Bytes}} part
 * @returns {Promise<Bytes>}
 */
export async function openPart({ contentKey, index, count, sealed }) {
  const problem = () => damaged(`Part ${index + 1} of ${count} is damaged.`);
  const plainBytes = sealed.length - HEADER_BYTES - TAG_BYTES * Math.ceil(sealed.length / SEGMENT_BYTES);
  if (plainBytes < 0 || sealedPartLength(plainBytes) !== sealed.length) throw problem();
  const header = sealed.slice(0, HEADER_BYTES);
  if (header[0] !== HEADER_FIRST_BYTE) throw problem();
  const key = await segmentKey({ contentKey, index, count, header, usage: "decrypt" });
  // A segment's plaintext ends before the next segment's ciphertext begins, and what lies before that was copied already.
  await forEachSegment(plainBytes, async (segment) => {
    const bytes = sealed.subarray(segment.sealedStart, segment.sealedEnd);
    const opening = crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce(header, segment) }, key, bytes);
    const refused = (/** @type {Error} */ error) => {
      throw error.name === "OperationError" ? problem() : error;
    };
    return { ended: opening.then((result) => sealed.set(new Uint8Array(result), segment.plainStart), refused) };
  });
  return sealed.subarray(0, plainBytes);
}

const newHeader = () => concatBytes(Uint8Array.of(HEADER_FIRST_BYTE), randomBytes(HEADER_BYTES - 1));

/** @param {PartKey & {header: Bytes, usage: KeyUsage}} part */
async function segmentKey({ contentKey, index, count, header, usage }) {
  requireIndex(index, count);
  const info = concatBytes(utf8("sgraph-send/v1/part"), u32be(index), u32be(count));
  const salt = header.subarray(1, 1 + SALT_BYTES);
  const input = await crypto.subtle.importKey("raw", contentKey, "HKDF", false, ["deriveKey"]);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt, info };
  return crypto.subtle.deriveKey(hkdf, input, { name: "AES-GCM", length: 256 }, false, [usage]);
}

/** @param {Bytes} header @param {Segment} segment */
const nonce = (header, { number, last }) =>
  concatBytes(header.subarray(1 + SALT_BYTES), u32be(number), Uint8Array.of(last ? 1 : 0));

// The header takes its 40 bytes from the first segment, so every later boundary is shifted by them.
/** @param {number} number @param {number} plainBytes @returns {Segment} */
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

// WebCrypto works on other threads, and copies what it is given when it is called: so segments begin one after
// the other, and with a few under way those threads need not wait for this one.
/**
 * @param {number} plainBytes
 * @param {(segment: Segment) => Promise<{ended: Promise<unknown>}>} begin
 */
async function forEachSegment(plainBytes, begin) {
  /** @type {Set<Promise<unknown>>} */
  const underWay = new Set();
  for (let number = 0; number < segmentCount(plainBytes); number += 1) {
    if (underWay.size === SEGMENTS_IN_FLIGHT) await Promise.race(underWay);
    const { ended } = await begin(segmentAt(number, plainBytes));
    underWay.add(ended);
    ended.then(() => underWay.delete(ended), () => {});
  }
  await Promise.all(underWay);
}
