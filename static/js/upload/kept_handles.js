import { SendError } from "../errors.js";

const ASKED_AT_MOST = 16;
const READ_AT_ONCE = 64;

/**
 * The browser's handles of what was dropped, one for each file or folder. More than a few are not kept: each
 * may bring up a question of its own.
 * @param {{root?: FileSystemHandle|null}[]} files
 * @returns {FileSystemHandle[]}
 */
export function rootsOf(files) {
  const roots = [...new Set(files.map(({ root }) => root).filter((root) => root !== null && root !== undefined))];
  return roots.length <= ASKED_AT_MOST ? roots : [];
}

/** @param {FileSystemHandle} handle */
async function mayRead(handle) {
  // Handles of a browser without these calls need no permission.
  if (!handle.queryPermission) return true;
  if ((await handle.queryPermission({ mode: "read" })) === "granted") return true;
  return (await handle.requestPermission({ mode: "read" })) === "granted";
}

/**
 * Reads files of one root by their paths; each folder on the way is opened once.
 * @param {FileSystemHandle} root
 */
function createReader(root) {
  /** @type {Map<string, Promise<FileSystemDirectoryHandle>>} */
  const folders = new Map([["", Promise.resolve(/** @type {FileSystemDirectoryHandle} */ (root))]]);

  /** @param {string} path @returns {Promise<FileSystemDirectoryHandle>} */
  function folderAt(path) {
    const known = folders.get(path);
    if (known) return known;
    const cut = path.lastIndexOf("/");
    const parent = folderAt(path.slice(0, Math.max(0, cut)));
    const folder = parent.then((above) => above.getDirectoryHandle(path.slice(cut + 1)));
    folders.set(path, folder);
    return folder;
  }

  /** @param {string} path @returns {Promise<File|null>} */
  return async function read(path) {
    if (root.kind === "file") return path === "" ? /** @type {FileSystemFileHandle} */ (root).getFile() : null;
    const cut = path.lastIndexOf("/");
    const folder = await folderAt(path.slice(0, Math.max(0, cut)));
    return (await folder.getFileHandle(path.slice(cut + 1))).getFile();
  };
}

/** @param {FileSystemHandle} root @param {KeptFile[]} files */
function pathsBelow(root, files) {
  const paths = files.map(({ chosenPath }) => chosenPath);
  if (root.kind === "file") return paths.includes(root.name) ? [""] : [];
  const prefix = `${root.name}/`;
  return paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
}

/** @param {FileSystemHandle} root @param {KeptFile[]} files */
async function filesBelow(root, files) {
  const read = createReader(root);
  const paths = pathsBelow(root, files);
  /** @type {{file: File|null, path: string}[]} */
  const found = [];
  for (let at = 0; at < paths.length; at += READ_AT_ONCE) {
    const stretch = paths.slice(at, at + READ_AT_ONCE);
    const reading = stretch.map(async (path) => ({ file: await read(path).catch(() => null), path }));
    found.push(...(await Promise.all(reading)));
  }
  return found.flatMap(({ file, path }) => (file ? [{ file, path: path === "" ? root.name : `${root.name}/${path}`, root }] : []));
}

/**
 * The files of an unfinished upload where they were when they were dropped, as far as they are still there. To be
 * called in answer to a press: the browser may ask whether the page may read them again.
 * @param {KeptUpload} kept
 * @returns {Promise<{file: File, path: string, root: FileSystemHandle}[]>}
 * @throws {SendError} `read_refused`, or `files_moved` when none is there
 */
export async function filesOfRoots({ roots = [], plan }) {
  for (const root of roots) {
    const allowed = await mayRead(root).catch(() => false);
    if (!allowed) throw new SendError("read_refused", "The files may not be read again.");
  }
  const found = (await Promise.all(roots.map((root) => filesBelow(root, plan.files)))).flat();
  if (found.length === 0) throw new SendError("files_moved", "Nothing is where it was.");
  return found;
}
