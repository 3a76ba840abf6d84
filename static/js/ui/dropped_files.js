const READ_AT_ONCE = 64;

/**
 * @typedef {{files: {file: File, path: string, root: FileSystemHandle|null}[], emptyFolders: number,
 *            unreadable: number}} Found
 */

/** @param {FileSystemFileEntry} entry @returns {Promise<File>} */
const readFile = (entry) => new Promise((resolve, reject) => entry.file(resolve, reject));

/** @param {FileSystemDirectoryEntry} entry */
async function readDirectory(entry) {
  const reader = entry.createReader();
  /** @type {FileSystemEntry[]} */
  const children = [];
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) return children;
    children.push(...batch);
  }
}

/**
 * @param {FileSystemEntry[]} entries
 * @param {FileSystemHandle|null} root
 * @param {Found} found
 * @param {(count: number) => void} onCount
 */
async function readFiles(entries, root, found, onCount) {
  for (let at = 0; at < entries.length; at += READ_AT_ONCE) {
    const stretch = entries.slice(at, at + READ_AT_ONCE);
    const read = await Promise.all(stretch.map(async (entry) => ({ file: await readFile(/** @type {FileSystemFileEntry} */ (entry)), path: entry.fullPath.slice(1), root })));
    found.files.push(...read);
    onCount(found.files.length);
  }
}

/**
 * @param {FileSystemDirectoryEntry} entry
 * @param {FileSystemHandle|null} root
 * @param {Found} found
 * @param {(count: number) => void} onCount
 */
async function walk(entry, root, found, onCount) {
  const folders = [entry];
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    const children = await readDirectory(folder);
    if (children.length === 0) found.emptyFolders += 1;
    await readFiles(children.filter(({ isFile }) => isFile), root, found, onCount);
    folders.push(.../** @type {FileSystemDirectoryEntry[]} */ (children.filter(({ isDirectory }) => isDirectory).reverse()));
  }
}

/**
 * The browser's lasting handle of a dropped file or folder, where it gives one.
 * @param {DataTransferItem} item
 */
async function handleOf(item) {
  try {
    return (await item.getAsFileSystemHandle?.()) ?? null;
  } catch {
    return null;
  }
}

/**
 * Dropped files with their paths; folders are walked through, however deep.
 * @param {DataTransfer} dropped read before anything is awaited: it is empty afterwards
 * @param {(count: number) => void} [onCount] how many files were found so far
 * @returns {Promise<Found>} `root`: the handle of what was dropped, a file or the folder above it
 */
export async function droppedFiles(dropped, onCount = () => {}) {
  const items = [...dropped.items].filter(({ kind }) => kind === "file");
  const entries = items.map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const roots = await Promise.all(items.map(handleOf));
  /** @type {Found} */
  const found = { files: [], emptyFolders: 0, unreadable: 0 };
  for (const [at, entry] of entries.entries()) {
    const root = roots[at];
    try {
      if (!entry) continue;
      if (entry instanceof File) found.files.push({ file: entry, path: entry.name, root });
      else if (entry.isDirectory) await walk(/** @type {FileSystemDirectoryEntry} */ (entry), root, found, onCount);
      else await readFiles([entry], root, found, onCount);
    } catch {
      found.unreadable += 1;
    }
  }
  return found;
}

/**
 * What a file input holds; files of a chosen folder keep their path in it.
 * @param {HTMLInputElement} input
 */
export const inputFiles = (input) =>
  [...(input.files ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name }));

/**
 * Says what was left out of a drop, or nothing.
 * @param {{emptyFolders: number, unreadable?: number}} found
 */
export function leftOutText({ emptyFolders, unreadable = 0 }) {
  /** @type {string[]} */
  const sentences = [];
  if (emptyFolders === 1) sentences.push("An empty folder was left out: there is nothing in it to send.");
  if (emptyFolders > 1) sentences.push(`${emptyFolders.toLocaleString("en")} empty folders were left out: there is nothing in them to send.`);
  if (unreadable > 0) sentences.push("Something could not be read and was left out. Check the list below before you send.");
  return sentences.join(" ");
}
