const REFUSED_BY_PLATFORMS = /[<>:"|?*\\\u0000-\u001f]/g;
const TRAILING_DOTS_OR_SPACES = /[. ]+$/;
const RESERVED_ON_WINDOWS = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;
const REPLACEMENT = "_";
const NAME_BYTES_MAX = 255;

/** @param {string} text */
const utf8Length = (text) => new TextEncoder().encode(text).length;

/** @param {string} name */
function splitAtExtension(name) {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
}

/**
 * `name` with `mark` before its extension, the stem shortened where file systems would refuse the length.
 * @param {string} name
 * @param {string} mark
 */
function marked(name, mark) {
  const [stem, extension] = splitAtExtension(name);
  const characters = [...stem];
  while (characters.length > 1 && utf8Length(characters.join("") + mark + extension) > NAME_BYTES_MAX) characters.pop();
  return characters.join("") + mark + extension;
}

/** @param {string} segment */
function safeSegment(segment) {
  const text = segment
    .replace(REFUSED_BY_PLATFORMS, REPLACEMENT)
    .replace(TRAILING_DOTS_OR_SPACES, (tail) => REPLACEMENT.repeat(tail.length));
  return RESERVED_ON_WINDOWS.test(text) ? marked(REPLACEMENT + text, "") : text;
}

/**
 * The name that a single file is saved under: the base name of its path, taken by every platform.
 * @param {string} path
 */
export const baseNameOf = (path) => safeSegment(path.slice(path.lastIndexOf("/") + 1));

/** @param {string} path @param {number} number */
function numbered(path, number) {
  const cut = path.lastIndexOf("/") + 1;
  return path.slice(0, cut) + marked(path.slice(cut), ` (${number})`);
}

/** @param {string} path */
const directoriesOf = (path) =>
  path.split("/").slice(0, -1).map((_, at, segments) => segments.slice(0, at + 1).join("/"));

/**
 * Names inside an archive or a folder: the paths, taken by every platform and different without regard to letter case.
 * @param {string[]} paths
 */
export function archiveNames(paths) {
  const safePaths = paths.map((path) => path.split("/").map(safeSegment).join("/"));
  const taken = new Set(safePaths.flatMap(directoriesOf).map((directory) => directory.toLowerCase()));
  const nextNumber = new Map();
  return safePaths.map((safe) => {
    const key = safe.toLowerCase();
    let name = safe;
    let number = nextNumber.get(key) ?? 2;
    for (; taken.has(name.toLowerCase()); number += 1) name = numbered(safe, number);
    nextNumber.set(key, number);
    taken.add(name.toLowerCase());
    return name;
  });
}
