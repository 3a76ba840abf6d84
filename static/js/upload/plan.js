import { makeManifest } from "../crypto/manifest_rules.js";
import { partCount, partLength, partSizeFor, payloadLength, sealedPartLength } from "../crypto/sizes.js";

/**
 * How files become parts (format.md §4): their bytes one after the other, cut into parts.
 * @param {{file: File, path: string}[]} chosen in manifest order, paths already safe
 * @returns {{files: object[], sizeBytes: number, partSizeBytes: number, partCount: number,
 *            payloadBytes: number, sealedPartBytes: number}} `files` have `start`, their place in the stream
 */
export function planUpload(chosen) {
  let sizeBytes = 0;
  const files = chosen.map(({ file, path }) => {
    const placed = { file, path, start: sizeBytes, sizeBytes: file.size, lastModified: file.lastModified };
    sizeBytes += file.size;
    return placed;
  });
  const count = partCount(sizeBytes);
  const payloadBytes = payloadLength(sizeBytes);
  const partSizeBytes = partSizeFor(sizeBytes);
  const sealedPartBytes = count === 1 ? payloadBytes : sealedPartLength(partSizeBytes);
  return { files, sizeBytes, partSizeBytes, partCount: count, payloadBytes, sealedPartBytes };
}

function firstFileEndingAfter(files, position) {
  let low = 0;
  let high = files.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (files[middle].start + files[middle].sizeBytes > position) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The slices of files, in order, that part `index` consists of. */
export function slicesOf(plan, index) {
  const partStart = index * plan.partSizeBytes;
  const partEnd = partStart + partLength(plan.sizeBytes, index);
  const slices = [];
  for (let at = firstFileEndingAfter(plan.files, partStart); at < plan.files.length; at += 1) {
    const { file, start, sizeBytes, lastModified } = plan.files[at];
    if (start >= partEnd) break;
    if (sizeBytes === 0) continue;
    const from = Math.max(0, partStart - start);
    const to = Math.min(sizeBytes, partEnd - start);
    slices.push({ file, start: from, end: to, sizeBytes, lastModified });
  }
  return slices;
}

/** The manifest of format.md §5, before it is sealed. */
export function manifestOf(plan) {
  const files = plan.files.map(({ file, path, sizeBytes, lastModified }) => {
    return { path, size: sizeBytes, type: file.type, modified: lastModified };
  });
  return makeManifest({ files });
}
