import { concatBytes } from "../crypto/bytes.js";
import { SendError } from "../errors.js";

const OUTPUT_TYPE = "application/octet-stream";
// Chromium's names for a full disk, when it writes and when it makes the folder.
const DISK_FULL = new Set(["QuotaExceededError", "InvalidStateError"]);

/**
 * A private file, written at any offset. Its whole length is reserved first: what a browser estimates as its
 * quota says little (Chromium's figure is a constant), whether it grants the length is the truth.
 * @param {{directoryName: string, fileName: string, bytesNeeded: number}} file
 * @returns {Promise<Output & {read: (stretch: Stretch) => Bytes}>}
 * @throws {SendError} `no_staging` where the browser has no private file system, as in some private windows
 */
export async function stagedOutput({ directoryName, fileName, bytesNeeded }) {
  let file;
  let handle;
  let endBytes = 0;
  try {
    const root = await navigator.storage.getDirectory();
    const directory = await root.getDirectoryHandle(directoryName, { create: true });
    file = await directory.getFileHandle(fileName, { create: true });
    handle = await file.createSyncAccessHandle();
  } catch (/** @type {any} */ error) {
    if (DISK_FULL.has(error.name)) throw new SendError("no_room", "The disk is full.");
    throw new SendError("no_staging", `No private file system here: ${error.name}.`);
  }
  try {
    handle.truncate(bytesNeeded);
    if (handle.getSize() !== bytesNeeded) throw new SendError("no_room", "There is not enough room on this device.");
  } catch (error) {
    handle.close();
    throw error;
  }
  return {
    inOrder: false,
    async write(bytes, at) {
      const written = handle.write(bytes, { at });
      if (written !== bytes.length) throw new SendError("no_room", "The disk is full.");
      endBytes = Math.max(endBytes, at + written);
    },
    /** A stretch that an earlier worker wrote, and whose bytes were verified again. */
    async keep({ end }) {
      endBytes = Math.max(endBytes, end);
    },
    read({ start, end }) {
      const bytes = new Uint8Array(end - start);
      if (handle.read(bytes, { at: start }) !== bytes.length) throw new SendError("no_room", "The file became shorter.");
      return bytes;
    },
    async finish() {
      handle.truncate(endBytes);
      handle.flush();
      handle.close();
      const whole = await file.getFile();
      return whole.slice(0, whole.size, OUTPUT_TYPE);
    },
    discard: async () => handle.close(),
  };
}

/**
 * Chunks in memory, in order, up to a limit.
 * @param {number} limitBytes
 * @returns {Output}
 */
export function memoryOutput(limitBytes) {
  /** @type {Bytes[]} */
  const chunks = [];
  let lengthBytes = 0;
  return {
    inOrder: true,
    keepsBytes: true,
    async write(bytes) {
      lengthBytes += bytes.length;
      if (lengthBytes > limitBytes) throw new SendError("no_room", "More than fits into memory.");
      chunks.push(bytes);
    },
    finish: async () => new Blob(chunks, { type: OUTPUT_TYPE }),
    discard: async () => chunks.splice(0),
  };
}

/**
 * A file that somebody picked. The browser writes into a swap file beside it, which takes its place when it
 * is closed; picking emptied the file, so one that stays empty is removed where the browser can do that.
 * @param {FileSystemFileHandle} handle
 * @returns {Promise<Output>}
 */
export async function pickedFileOutput(handle) {
  const writable = await handle.createWritable();
  return {
    inOrder: false,
    write: (bytes, at) => writable.write({ type: "write", position: at, data: bytes }),
    finish: () => writable.close(),
    async discard() {
      await writable.abort().catch(() => {});
      await handle.remove?.().catch(() => {});
    },
  };
}

/**
 * Gathers small chunks, because each write costs about the same; larger ones pass through.
 * @param {Output} output
 * @param {number} [chunkBytes]
 */
export function gathered(output, chunkBytes = 2 ** 20) {
  /** @type {Bytes[]} */
  let small = [];
  let smallBytes = 0;
  let at = 0;

  /** @param {Bytes} bytes */
  async function pass(bytes) {
    await output.write(bytes, at);
    at += bytes.length;
  }

  async function flush() {
    if (smallBytes === 0) return;
    const joined = concatBytes(...small);
    small = [];
    smallBytes = 0;
    await pass(joined);
  }

  return {
    /** @param {Bytes} bytes */
    async append(bytes) {
      if (bytes.length < chunkBytes) {
        small.push(bytes.slice());
        smallBytes += bytes.length;
        if (smallBytes >= chunkBytes) await flush();
        return;
      }
      await flush();
      await pass(bytes);
    },
    flush,
  };
}
