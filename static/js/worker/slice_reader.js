import { SendError } from "../errors.js";

function checkUnchanged({ file, sizeBytes, lastModified }) {
  if (file.size !== sizeBytes || file.lastModified !== lastModified) {
    throw new SendError("file_changed", "A file changed while it was being sent.");
  }
}

async function readSlice(slice) {
  let bytes;
  try {
    bytes = new Uint8Array(await slice.file.slice(slice.start, slice.end).arrayBuffer());
  } catch {
    throw new SendError("file_changed", "A file can no longer be read.");
  }
  checkUnchanged(slice);
  if (bytes.length !== slice.end - slice.start) throw new SendError("file_changed", "A file became shorter.");
  return bytes;
}

/**
 * Reads the slices that make up one part, in order, followed by zero bytes. A file's size and time
 * are compared again after its slice was read (format.md §4).
 * @param {{file: File, start: number, end: number, sizeBytes: number, lastModified: number}[]} slices
 * @param {number} padBytes
 * @returns {Promise<Uint8Array>}
 * @throws {SendError} `file_changed` when a file is no longer what was chosen, or cannot be read
 */
export async function readSlices(slices, padBytes) {
  // Most parts lie in one file; a copy would double what is held.
  if (slices.length === 1 && padBytes === 0) return readSlice(slices[0]);
  const lengthBytes = slices.reduce((sum, { start, end }) => sum + end - start, padBytes);
  const plaintext = new Uint8Array(lengthBytes);
  let filled = 0;
  for (const slice of slices) {
    const bytes = await readSlice(slice);
    plaintext.set(bytes, filled);
    filled += bytes.length;
  }
  return plaintext;
}
