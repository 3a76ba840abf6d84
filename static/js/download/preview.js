import { imageOf } from "./image_size.js";

export const TEXT_BYTES_MAX = 2 ** 20;
export const IMAGE_BYTES_MAX = 20 * 2 ** 20;
const IMAGE_PIXELS_MAX = 50_000_000;
const IMAGE_NAMES = /\.(?:png|jpe?g|gif|webp|avif)$/i;
const TEXT_NAMES = /\.(?:txt|text|md|csv|tsv|log|json|yaml|yml|toml|ini|conf|srt|vcf|ics|py|js|ts|c|h|cpp|java|go|rs|sql|sh|diff|patch)$/i;
const DOCUMENT_START = /^\s*(?:<[!?a-z]|%PDF)/i;

/**
 * Whether a preview is offered; what is then shown depends on the bytes alone.
 * @param {{path: string, size: number}} file
 */
export function mayPreview({ path, size }) {
  if (size === 0) return false;
  return (IMAGE_NAMES.test(path) && size <= IMAGE_BYTES_MAX) || (TEXT_NAMES.test(path) && size <= TEXT_BYTES_MAX);
}

/**
 * @param {Uint8Array} bytes
 * @returns {string|null} null when the bytes are not UTF-8 or hold a NUL
 */
export function textOf(bytes) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}

/**
 * What of verified bytes can be shown, judged by the bytes: a raster image, or plain text. Documents that a
 * browser would run or lay out (HTML, SVG, XML, PDF) are neither.
 * @param {Uint8Array} bytes
 * @returns {Preview}
 */
export function previewOf(bytes) {
  const image = imageOf(bytes);
  if (image) {
    const pixels = image.width * image.height;
    const fits = bytes.length <= IMAGE_BYTES_MAX && pixels > 0 && pixels <= IMAGE_PIXELS_MAX;
    return fits ? { kind: "image", type: image.type } : { kind: "none", reason: "too_large" };
  }
  if (bytes.length > TEXT_BYTES_MAX) return { kind: "none", reason: "too_large" };
  const text = textOf(bytes);
  if (text === null || DOCUMENT_START.test(text)) return { kind: "none", reason: "not_shown" };
  return { kind: "text", text };
}
