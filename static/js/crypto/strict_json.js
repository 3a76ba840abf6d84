import { damaged } from "../errors.js";

export const JSON_DEPTH_MAX = 64;
/** @typedef {{text: string, at: number}} JsonInput */

const PLAIN_INTEGER = /^-?[0-9]{1,16}$/;

/**
 * Reads one JSON text (RFC 8259) more strictly than JSON.parse: a duplicate member at any depth, or arrays
 * and objects nested more than 64 deep, are `damaged`, like every syntax error.
 *
 * A number becomes a Number only if it is written as a plain integer within ±(2^53 − 1). Any other number
 * becomes NaN, so that `Number.isSafeInteger` tells the two apart: 65536.0 and 1e3 are not integers here.
 * Objects have no prototype: a member called `__proto__` is a member like any other.
 * @param {string} text
 * @returns {unknown}
 */
export function parseStrictJson(text) {
  const input = { text, at: 0 };
  const value = readValue(input, 0);
  skipSpace(input);
  if (input.at !== text.length) throw malformed();
  return value;
}

/** @param {JsonInput} input @param {number} depth @returns {unknown} */
function readValue(input, depth) {
  if (depth > JSON_DEPTH_MAX) throw damaged("The JSON is nested too deeply.");
  skipSpace(input);
  const first = input.text[input.at];
  if (first === "{") return readObject(input, depth);
  if (first === "[") return readArray(input, depth);
  if (first === '"') return readString(input);
  return readScalar(input);
}

/** @param {JsonInput} input @param {number} depth */
function readObject(input, depth) {
  const object = Object.create(null);
  input.at += 1;
  if (take(input, "}")) return object;
  do {
    skipSpace(input);
    if (input.text[input.at] !== '"') throw malformed();
    const name = readString(input);
    if (name in object) throw damaged("A JSON member appears twice.");
    if (!take(input, ":")) throw malformed();
    object[name] = readValue(input, depth + 1);
  } while (take(input, ","));
  if (!take(input, "}")) throw malformed();
  return object;
}

/** @param {JsonInput} input @param {number} depth */
function readArray(input, depth) {
  /** @type {unknown[]} */
  const array = [];
  input.at += 1;
  if (take(input, "]")) return array;
  do array.push(readValue(input, depth + 1));
  while (take(input, ","));
  if (!take(input, "]")) throw malformed();
  return array;
}

/** @param {JsonInput} input */
function readString(input) {
  const quoteOrEscape = /["\\]/g;
  quoteOrEscape.lastIndex = input.at + 1;
  for (let match = quoteOrEscape.exec(input.text); match; match = quoteOrEscape.exec(input.text)) {
    if (match[0] === '"') return parseToken(input, match.index + 1);
    quoteOrEscape.lastIndex = match.index + 2;
  }
  throw malformed();
}

/** @param {JsonInput} input */
function readScalar(input) {
  const delimiter = /[ \t\n\r,\]}]|$/g;
  delimiter.lastIndex = input.at;
  const start = input.at;
  const value = parseToken(input, delimiter.exec(input.text)?.index ?? input.text.length);
  if (typeof value !== "number") return value;
  const plain = PLAIN_INTEGER.test(input.text.slice(start, Math.min(input.at, start + 18)));
  return plain && Number.isSafeInteger(value) ? value + 0 : NaN;
}

/** @param {JsonInput} input @param {number} end */
function parseToken(input, end) {
  const token = input.text.slice(input.at, end);
  input.at = end;
  try {
    return JSON.parse(token);
  } catch {
    throw malformed();
  }
}

/** @param {JsonInput} input @param {string} character */
function take(input, character) {
  skipSpace(input);
  if (input.text[input.at] !== character) return false;
  input.at += 1;
  return true;
}

/** @param {JsonInput} input */
function skipSpace(input) {
  while (" \t\n\r".includes(input.text[input.at] ?? "x")) input.at += 1;
}

const malformed = () => damaged("This is not valid JSON.");
