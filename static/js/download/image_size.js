/** @type {(bytes: Uint8Array, at: number, length: number) => string} */
const ascii = (bytes, at, length) => String.fromCharCode(...bytes.subarray(at, at + length));
/** @type {(bytes: Uint8Array) => DataView} */
const view = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const BOXES_WITHIN_BYTES = 65_536;

/** @param {Uint8Array} bytes */
function pngSize(bytes) {
  if (ascii(bytes, 12, 4) !== "IHDR") return null;
  return { width: view(bytes).getUint32(16), height: view(bytes).getUint32(20) };
}

/** @param {Uint8Array} bytes */
const gifSize = (bytes) => ({ width: view(bytes).getUint16(6, true), height: view(bytes).getUint16(8, true) });

/** @param {Uint8Array} bytes */
function webpSize(bytes) {
  const data = view(bytes);
  const u24 = (/** @type {number} */ at) => data.getUint16(at, true) + data.getUint8(at + 2) * 65_536;
  switch (ascii(bytes, 12, 4)) {
    case "VP8X":
      return { width: u24(24) + 1, height: u24(27) + 1 };
    case "VP8 ":
      return { width: data.getUint16(26, true) % 16_384, height: data.getUint16(28, true) % 16_384 };
    case "VP8L": {
      const packed = data.getUint32(21, true);
      return { width: (packed % 16_384) + 1, height: (Math.floor(packed / 16_384) % 16_384) + 1 };
    }
    default:
      return null;
  }
}

/** @param {number} marker */
const isFrameHeader = (marker) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** @param {Uint8Array} bytes */
function jpegSize(bytes) {
  const data = view(bytes);
  for (let at = 2; bytes[at] === 0xff; ) {
    const marker = bytes[at + 1];
    if (marker === 0xff) at += 1;
    else if (isFrameHeader(marker)) return { height: data.getUint16(at + 5), width: data.getUint16(at + 7) };
    else at += 2 + data.getUint16(at + 2);
  }
  return null;
}

// The largest `ispe` property: a picture made of tiles has one for the tile and one for the whole.
/** @param {Uint8Array} bytes */
function avifSize(bytes) {
  const head = bytes.subarray(0, BOXES_WITHIN_BYTES);
  const sizes = [];
  for (let at = 4; at + 16 <= head.length; at += 1) {
    if (head[at] !== 0x69 || ascii(head, at, 4) !== "ispe") continue;
    sizes.push({ width: view(head).getUint32(at + 8), height: view(head).getUint32(at + 12) });
  }
  return sizes.sort((a, b) => b.width * b.height - a.width * a.height)[0] ?? null;
}

/** @type {{type: string, isIt: (bytes: Uint8Array) => boolean, sizeOf: (bytes: Uint8Array) => {width: number, height: number}|null}[]} */
const FORMATS = [
  { type: "image/png", isIt: (bytes) => ascii(bytes, 0, 8) === "\x89PNG\r\n\x1a\n", sizeOf: pngSize },
  { type: "image/jpeg", isIt: (bytes) => ascii(bytes, 0, 3) === "\xff\xd8\xff", sizeOf: jpegSize },
  { type: "image/gif", isIt: (bytes) => /^GIF8[79]a$/.test(ascii(bytes, 0, 6)), sizeOf: gifSize },
  { type: "image/webp", isIt: (bytes) => ascii(bytes, 0, 4) === "RIFF" && ascii(bytes, 8, 4) === "WEBP", sizeOf: webpSize },
  { type: "image/avif", isIt: (bytes) => /^ftypavi[fs]$/.test(ascii(bytes, 4, 8)), sizeOf: avifSize },
];

/**
 * What a raster image's own first bytes say, whatever it is called.
 * @param {Uint8Array} bytes
 * @returns {{type: string, width: number, height: number}|null} null for everything else; 0 × 0 when its size is unknown
 */
export function imageOf(bytes) {
  const format = FORMATS.find(({ isIt }) => isIt(bytes));
  if (!format) return null;
  const unknown = { width: 0, height: 0 };
  try {
    return { type: format.type, ...(format.sizeOf(bytes) ?? unknown) };
  } catch {
    return { type: format.type, ...unknown };
  }
}
