const REFUSED_BY_PLATFORMS = /[<>:"|?*\\\u0000-\u001f]/g;
const TRAILING_DOTS_OR_SPACES = /[. ]+$/;
const RESERVED_ON_WINDOWS = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;
const REPLACEMENT = "_";

function safeSegment(segment) {
  const text = segment
    .replace(REFUSED_BY_PLATFORMS, REPLACEMENT)
    .replace(TRAILING_DOTS_OR_SPACES, (tail) => REPLACEMENT.repeat(tail.length));
  return RESERVED_ON_WINDOWS.test(text) ? REPLACEMENT + text : text;
}

/** The name that a single file is saved under: the base name of its path, taken by every platform. */
export function baseNameOf(path) {
  return safeSegment(path.split("/").at(-1));
}

function numbered(path, number) {
  const dot = path.lastIndexOf(".");
  const cut = dot > path.lastIndexOf("/") + 1 ? dot : path.length;
  return `${path.slice(0, cut)} (${number})${path.slice(cut)}`;
}

function directoriesOf(path) {
  return path.split("/").slice(0, -1).map((_, at, segments) => segments.slice(0, at + 1).join("/"));
}

/** Names inside an archive: the paths, taken by every platform and different without regard to letter case. */
export function archiveNames(paths) {
  const safePaths = paths.map((path) => path.split("/").map(safeSegment).join("/"));
  const taken = new Set(safePaths.flatMap(directoriesOf).map((directory) => directory.toLowerCase()));
  return safePaths.map((safe) => {
    let name = safe;
    for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = numbered(safe, number);
    taken.add(name.toLowerCase());
    return name;
  });
}
