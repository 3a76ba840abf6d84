import { SendError } from "../errors.js";

// Chromium may collect a Blob's stream that only a pending read refers to; that read then never ends.
/** @type {Set<object>} */
const reading = new Set();

/** @param {Slice} slice */
function checkUnchanged({ file, sizeBytes, lastModified }) {
  if (file.size !== sizeBytes || file.lastModified !== lastModified) {
    throw new SendError("file_changed", "A file changed while it was being sent.");
  }
}

/** @param {ReadableStream<Bytes>} stream */
function readerInto(stream) {
  try {
    return stream.getReader({ mode: "byob" });
  } catch {
    return null;
  }
}

/** @typedef {ReturnType<typeof openSlice> & {slice: Slice}} OpenSlice */

/**
 * Reads one slice, each time into a buffer whose ownership passes to the stream and back.
 * @param {Slice} slice
 */
function openSlice(slice) {
  const blob = slice.file.slice(slice.start, slice.end);
  const stream = blob.stream();
  const reader = readerInto(stream);
  const live = { blob, stream, reader };
  reading.add(live);
  let at = 0;

  /** @param {Bytes} view */
  async function readApart(view) {
    const bytes = new Uint8Array(await blob.slice(at, at + view.length).arrayBuffer());
    view.set(bytes);
    return view.subarray(0, bytes.length);
  }

  return {
    /**
     * @param {Bytes} view
     * @returns {Promise<Bytes>} bytes from where `view` began, in what is now its buffer; none at the end
     */
    async read(view) {
      const found = /** @type {Bytes} */ (reader ? (await reader.read(view)).value : await readApart(view));
      at += found.length;
      return found;
    },
    close() {
      reading.delete(live);
      reader?.cancel().catch(() => {});
    },
  };
}

/**
 * Reads the slices that make up one part, in order, followed by zero bytes, into one small buffer that is used
 * again and again. A file's size and time are compared again after its slice was read (format.md §4).
 * @param {Slice[]} slices
 * @param {number} bufferBytes the most that one read asks for
 * @returns {{read: (lengthBytes: number) => Promise<Bytes>, close: () => void}} what `read` gives lasts until
 *   the next read; after the last slice it gives zero bytes
 * @throws {SendError} `file_changed` when a file is no longer what was chosen, or cannot be read
 */
export function createSliceReader(slices, bufferBytes) {
  let buffer = new ArrayBuffer(bufferBytes);
  let next = 0;
  /** @type {OpenSlice|null} */
  let open = null;
  let missing = 0;

  function openNext() {
    const slice = slices[next++];
    missing = slice.end - slice.start;
    return { ...openSlice(slice), slice };
  }

  /**
   * @param {OpenSlice} source
   * @param {number} from
   * @param {number} to
   */
  async function readSome(source, from, to) {
    let found;
    try {
      found = await source.read(new Uint8Array(buffer, from, Math.min(to - from, missing)));
    } catch {
      checkUnchanged(source.slice);
      throw new SendError("file_changed", "A file can no longer be read.");
    }
    if (found.length === 0) throw new SendError("file_changed", "A file became shorter.");
    buffer = found.buffer;
    missing -= found.length;
    if (missing === 0) {
      open = null;
      source.close();
      checkUnchanged(source.slice);
    }
    return found.length;
  }

  return {
    async read(lengthBytes) {
      let filled = 0;
      while (filled < lengthBytes) {
        if (!open && next < slices.length) open = openNext();
        if (!open) break;
        filled += await readSome(open, filled, lengthBytes);
      }
      return new Uint8Array(buffer, 0, lengthBytes).fill(0, filled);
    },
    close: () => open?.close(),
  };
}
