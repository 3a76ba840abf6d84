import { damaged } from "../errors.js";

// Function.prototype.apply takes its arguments from the stack, which engines limit.
const CHARACTERS_PER_CALL = 0x8000;

/**
 * Joins byte arrays into a new one.
 * @param {Uint8Array[]} arrays
 * @returns {Bytes}
 */
export function concatBytes(...arrays) {
  const joined = new Uint8Array(arrays.reduce((total, array) => total + array.length, 0));
  let offset = 0;
  for (const array of arrays) {
    joined.set(array, offset);
    offset += array.length;
  }
  return joined;
}

/**
 * The four big-endian bytes of `n`; RangeError unless it is an integer in 0…2^32 − 1.
 * @param {number} n
 */
export function u32be(n) {
  if (!Number.isInteger(n) || n < 0 || n > 0xffffffff) throw new RangeError(`not an unsigned 32-bit integer: ${n}`);
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, n);
  return bytes;
}

/**
 * The UTF-8 bytes of `text`.
 * @param {string} text
 */
export const utf8 = (text) => new TextEncoder().encode(text);

/**
 * base64url without padding (RFC 4648 section 5).
 * @param {Uint8Array} bytes
 */
export function encodeB64u(bytes) {
  let binary = "";
  for (let start = 0; start < bytes.length; start += CHARACTERS_PER_CALL) {
    binary += String.fromCharCode(...bytes.subarray(start, start + CHARACTERS_PER_CALL));
  }
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * The bytes of the one b64u text that `encodeB64u` gives for them: anything else, white space, padding and
 * non-zero trailing bits included, is `damaged`, as is another length than `lengthBytes` where it is given.
 * @param {unknown} text
 * @param {number} [lengthBytes]
 * @returns {Bytes}
 */
export function decodeB64u(text, lengthBytes) {
  const bytes = bytesOfBase64(text);
  if (bytes === null || encodeB64u(bytes) !== text) throw damaged("This is not valid base64url.");
  if (lengthBytes !== undefined && bytes.length !== lengthBytes) {
    throw damaged(`Expected ${lengthBytes} bytes, found ${bytes.length}.`);
  }
  return bytes;
}

/** @param {unknown} text */
function bytesOfBase64(text) {
  if (typeof text !== "string") return null;
  let binary;
  try {
    binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return null;
  }
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/**
 * Whether two byte arrays are equal, in time that depends on their lengths only.
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 */
export function sameBytes(a, b) {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i] ^ b[i];
  return difference === 0;
}

/**
 * `count` bytes (at most 65,536) from the platform's cryptographic random source.
 * @param {number} count
 */
export const randomBytes = (count) => crypto.getRandomValues(new Uint8Array(count));

/**
 * SHA-256 of `bytes`: 32 bytes.
 * @param {Bytes} bytes
 */
export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
