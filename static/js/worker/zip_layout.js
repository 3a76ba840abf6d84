const LOCAL_HEADER_BYTES = 30;
const DESCRIPTOR_BYTES = 16;
const ZIP64_DESCRIPTOR_BYTES = 24;
const ZIP64_FROM_BYTES = 0xffffffff;

/**
 * Where the content of each entry begins in the archive that zip_stream.js writes: local header, name, content,
 * data descriptor, entry after entry.
 * @param {Entry[]} entries
 * @returns {number[]}
 */
export function contentOffsets(entries) {
  const encoder = new TextEncoder();
  let at = 0;
  return entries.map(({ name, size }) => {
    const start = at + LOCAL_HEADER_BYTES + encoder.encode(name).length;
    at = start + size + (size >= ZIP64_FROM_BYTES ? ZIP64_DESCRIPTOR_BYTES : DESCRIPTOR_BYTES);
    return start;
  });
}
