import { damaged } from "../errors.js";
import { utf8 } from "./bytes.js";

export const PATH_BYTES_MAX = 1024;
export const PATH_SEGMENT_BYTES_MAX = 255;
const EXTENSION_BYTES_MAX = 32;
const REFUSED = /[\\\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;
const REFUSED_ALL = new RegExp(REFUSED.source, "g");
/**
 * @typedef {{files: Set<string>, directories: Set<string>, fileNumbers: Map<string, number>,
 *            directoryNumbers: Map<string, number>}} TakenPaths
 */

const UNPAIRED_SURROGATES = /\p{Surrogate}/gu;

/**
 * Why a reader refuses one manifest path (docs/format.md section 5), as a short phrase, or null when it
 * may be used. Letter case and reserved names are left to the sink.
 * @param {unknown} path
 */
export function pathProblem(path) {
  if (typeof path !== "string" || !path.isWellFormed()) return "not valid text";
  if (path !== path.normalize("NFC")) return "not in NFC";
  if (REFUSED.test(path)) return "a refused character";
  if (utf8(path).length > PATH_BYTES_MAX) return "too long";
  for (const segment of path.split("/")) {
    if (segment === "" || segment === "." || segment === "..") return "an empty or relative segment";
    if (utf8(segment).length > PATH_SEGMENT_BYTES_MAX) return "a segment that is too long";
  }
  return null;
}

/**
 * `damaged` unless each path may be used and none equals another or is a directory of another.
 * @param {string[]} paths
 */
export function checkPaths(paths) {
  for (const path of paths) {
    const problem = pathProblem(path);
    if (problem !== null) throw damaged(`A path in the manifest has ${problem}.`);
  }
  // With a separator that sorts before all else, whatever lies in a directory comes right after its name.
  const sorted = paths.map((path) => path.replaceAll("/", "\0")).sort();
  sorted.slice(1).forEach((path, i) => {
    if (path === sorted[i]) throw damaged("A path appears twice in the manifest.");
    if (path.startsWith(`${sorted[i]}\0`)) throw damaged("A path in the manifest is both a file and a directory.");
  });
}

/**
 * Paths that every reader takes, in the order of `paths`: NFC, each refused character replaced by `_`, too
 * long ones shortened, and made unique with ` (2)`, ` (3)` … before the extension.
 * @param {string[]} paths
 */
export function safePaths(paths) {
  /** @type {TakenPaths} */
  const taken = { files: new Set(), directories: new Set(), fileNumbers: new Map(), directoryNumbers: new Map() };
  return paths.map((path) => {
    const segments = safeSegments(path);
    let unique = uniquePath(segments, taken);
    // A number can make a path that just fitted too long.
    while (utf8(unique).length > PATH_BYTES_MAX) {
      dropDeepestDirectory(segments);
      unique = uniquePath(segments, taken);
    }
    taken.files.add(unique);
    for (const directory of directoriesOf(unique)) taken.directories.add(directory);
    return unique;
  });
}

/** @param {string} path */
function directoriesOf(path) {
  const directories = [];
  for (let slash = path.indexOf("/"); slash !== -1; slash = path.indexOf("/", slash + 1)) {
    directories.push(path.slice(0, slash));
  }
  return directories;
}

/** @param {string} path */
function safeSegments(path) {
  const text = path.replace(UNPAIRED_SURROGATES, "_").normalize("NFC").replace(REFUSED_ALL, "_");
  const segments = text.split("/").filter((segment) => segment !== "");
  if (segments.length === 0) return ["_"];
  const safe = segments.map((segment) => shortened(/^\.{1,2}$/.test(segment) ? segment.replaceAll(".", "_") : segment, ""));
  let bytes = utf8(safe.join("/")).length;
  while (bytes > PATH_BYTES_MAX) bytes -= utf8(`${dropDeepestDirectory(safe)}/`).length;
  return safe;
}

/** @param {string[]} segments */
const dropDeepestDirectory = (segments) => segments.splice(-2, 1)[0];

/** @param {string[]} segments @param {TakenPaths} taken */
function uniquePath(segments, { files, directories, fileNumbers, directoryNumbers }) {
  let path = "";
  segments.forEach((segment, i) => {
    const isFile = i === segments.length - 1;
    const free = (/** @type {string} */ candidate) => !files.has(candidate) && !(isFile && directories.has(candidate));
    path = numbered(path, segment, { free, nextNumbers: isFile ? fileNumbers : directoryNumbers });
    if (!isFile) path += "/";
  });
  return path;
}

/**
 * @param {string} parent
 * @param {string} segment
 * @param {{free: (path: string) => boolean, nextNumbers: Map<string, number>}} numbering
 */
function numbered(parent, segment, { free, nextNumbers }) {
  const plain = parent + segment;
  if (free(plain)) return plain;
  let number = nextNumbers.get(plain) ?? 2;
  while (!free(parent + shortened(segment, ` (${number})`))) number += 1;
  nextNumbers.set(plain, number);
  return parent + shortened(segment, ` (${number})`);
}

// The suffix goes before the extension, and the stem gives way, never the suffix or the extension.
/** @param {string} segment @param {string} suffix */
function shortened(segment, suffix) {
  const dot = segment.lastIndexOf(".");
  const hasExtension = dot > 0 && utf8(segment.slice(dot)).length <= EXTENSION_BYTES_MAX;
  const extension = hasExtension ? segment.slice(dot) : "";
  const stem = hasExtension ? segment.slice(0, dot) : segment;
  return cut(stem, PATH_SEGMENT_BYTES_MAX - utf8(suffix + extension).length) + suffix + extension;
}

/** @param {string} text @param {number} bytesMax */
function cut(text, bytesMax) {
  const bytes = utf8(text);
  if (bytes.length <= bytesMax) return text;
  let end = bytesMax;
  while ((bytes[end] & 0xc0) === 0x80) end -= 1;
  return new TextDecoder().decode(bytes.subarray(0, end));
}
