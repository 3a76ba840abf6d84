import { SendError } from "../errors.js";

const UNFINISHED = "sgraph-send-unfinished.txt";
const UNFINISHED_TEXT = "Saving into this folder did not come to its end: files are missing. Remove them, and save again.\n";

/** @param {FileSystemDirectoryHandle} directory @param {string} name */
async function isTaken(directory, name) {
  try {
    await directory.getFileHandle(name);
    return true;
  } catch (/** @type {any} */ error) {
    return error.name !== "NotFoundError";
  }
}

/** @param {string} name @param {number} number */
function numbered(name, number) {
  const dot = name.lastIndexOf(".");
  const cut = dot > 0 ? dot : name.length;
  return `${name.slice(0, cut)} (${number})${name.slice(cut)}`;
}

/**
 * @param {FileSystemDirectoryHandle} directory
 * @param {string} name
 * @param {Set<string>} given
 */
async function freeName(directory, name, given) {
  let free = name;
  for (let number = 2; given.has(free.toLowerCase()) || (await isTaken(directory, free)); number += 1) free = numbered(name, number);
  given.add(free.toLowerCase());
  return free;
}

/**
 * Writes the concatenated bytes of `entries` as files below a picked folder. Nothing that is there is opened:
 * each top-level name is a new one, numbered where it is taken, and below it everything is new. A file is
 * closed, and so gets its content, after its last part was verified; until the last file a marker says that
 * the folder is unfinished. Failure removes what was made.
 * @param {FileSystemDirectoryHandle} folder
 * @param {Entry[]} entries names with `/`, safe and distinct on every platform
 * @returns {Promise<Output>}
 */
export async function folderOutput(folder, entries) {
  /** @type {Map<string, string>} */
  const tops = new Map();
  const given = new Set(entries.map(({ name }) => name.split("/")[0].toLowerCase()));
  /** @type {Map<string, FileSystemDirectoryHandle>} */
  const directories = new Map();
  /** @type {string[]} */
  const made = [];
  let next = 0;
  let missing = 0;
  /** @type {FileSystemWritableFileStream|null} */
  let writable = null;

  const marker = await freeName(folder, UNFINISHED, given);
  made.push(marker);
  const note = await (await folder.getFileHandle(marker, { create: true })).createWritable();
  await note.write(UNFINISHED_TEXT);
  await note.close();

  /** @param {string} name @returns {Promise<string>} */
  async function topName(name) {
    const known = tops.get(name);
    if (known) return known;
    const free = (await isTaken(folder, name)) ? await freeName(folder, name, given) : name;
    tops.set(name, free);
    made.push(free);
    return free;
  }

  /** @param {string[]} segments @returns {Promise<FileSystemDirectoryHandle>} */
  async function directoryOf(segments) {
    let directory = folder;
    for (let depth = 1; depth <= segments.length; depth += 1) {
      const key = segments.slice(0, depth).join("/");
      directory = directories.get(key) ?? (await directory.getDirectoryHandle(segments[depth - 1], { create: true }));
      directories.set(key, directory);
    }
    return directory;
  }

  async function openNext() {
    const { name, size } = entries[next];
    const [top, ...rest] = name.split("/");
    const segments = [await topName(top), ...rest];
    const directory = await directoryOf(segments.slice(0, -1));
    const file = await directory.getFileHandle(segments[segments.length - 1], { create: true });
    writable = await file.createWritable();
    missing = size;
    next += 1;
  }

  async function closeWhole() {
    while (missing === 0 && (writable || next < entries.length)) {
      await writable?.close();
      writable = null;
      if (next < entries.length) await openNext();
    }
  }

  return {
    inOrder: true,
    async write(bytes) {
      await closeWhole();
      for (let rest = bytes; rest.length > 0; await closeWhole()) {
        if (!writable) throw new SendError("damaged", "The files are longer than their list says.");
        const piece = rest.subarray(0, missing);
        await writable.write(piece);
        rest = rest.subarray(piece.length);
        missing -= piece.length;
      }
    },
    async finish() {
      await closeWhole();
      if (writable || next < entries.length) throw new SendError("damaged", "The files are shorter than their list says.");
      await folder.removeEntry(marker);
    },
    async discard() {
      await writable?.abort().catch(() => {});
      for (const name of made.reverse()) await folder.removeEntry(name, { recursive: true }).catch(() => {});
    },
  };
}
