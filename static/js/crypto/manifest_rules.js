import { damaged } from "../errors.js";
import { checkPaths } from "./paths.js";
import { partCount, partSizeFor, payloadLength } from "./sizes.js";

export const FILE_COUNT_MAX = 20000;
export const TEXT_PATH = "message.txt";
export const TEXT_TYPE = "text/plain;charset=utf-8";

const VERSION = 1;
const MODIFIED_MAX = 8.64e15;

/**
 * A whole manifest for `files` (`{path, size, type, modified?}` in stream order; sizes in bytes, `modified`
 * in milliseconds since 1970) and `pad` zero bytes after them.
 * @param {{kind?: string, files: ManifestFile[], pad?: number}} content
 * @returns {Manifest}
 */
export function makeManifest({ kind = "files", files, pad = 0 }) {
  const size = files.reduce((total, file) => total + file.size, pad);
  return { v: VERSION, kind, size, part_size: partSizeFor(size), parts: partCount(size), pad, files };
}

/**
 * The manifest with its known members only, once every rule of docs/format.md section 5 holds, else
 * `damaged`. `payloadBytes` is the payload's length as the server reports it.
 * @param {any} value
 * @param {number} payloadBytes
 * @returns {Manifest}
 */
export function checkManifest(value, payloadBytes) {
  const manifest = requireObject(value);
  requireThat(manifest.v === VERSION, "its version");
  requireThat(manifest.kind === "files" || manifest.kind === "text", "its kind");
  requireThat(Array.isArray(manifest.files) && manifest.files.length > 0, "its files");
  requireThat(manifest.files.length <= FILE_COUNT_MAX, "its number of files");
  const { v, kind, size, part_size, parts, pad } = manifest;
  /** @type {ManifestFile[]} */
  const files = manifest.files.map(checkFile);
  // A sum that leaves the exact range stays outside it, and so never equals a size.
  const sum = files.reduce((total, file) => total + file.size, requireSize(pad));
  requireThat(sum === requireSize(size), "its sizes");
  requireThat(part_size === partSizeFor(size) && parts === partCount(size), "its parts");
  requireThat(requireSize(payloadLength(size)) === payloadBytes, "its length");
  checkPaths(files.map((file) => file.path));
  if (kind === "text") checkText(files);
  return { v, kind, size, part_size, parts, pad, files };
}

/** @param {any} value @returns {ManifestFile} */
function checkFile(value) {
  const { path, size, type, modified } = requireObject(value);
  requireThat(typeof path === "string" && typeof type === "string", "a name or type");
  requireSize(size);
  if (modified === undefined) return { path, size, type };
  requireThat(Number.isSafeInteger(modified) && Math.abs(modified) <= MODIFIED_MAX, "a time");
  return { path, size, type, modified };
}

/** @param {ManifestFile[]} files */
function checkText(files) {
  const [{ path, type }] = files;
  requireThat(files.length === 1 && path === TEXT_PATH && type === TEXT_TYPE, "its text");
}

/** @param {number} value */
function requireSize(value) {
  requireThat(Number.isSafeInteger(value) && value >= 0, "a size");
  return value;
}

/** @param {any} value @returns {Record<string, any>} */
function requireObject(value) {
  requireThat(typeof value === "object" && value !== null && !Array.isArray(value), "its structure");
  return value;
}

/** @param {boolean} holds @param {string} what */
function requireThat(holds, what) {
  if (!holds) throw damaged(`The manifest is wrong in ${what}.`);
}
