const UNITS = ["bytes", "kB", "MB", "GB", "TB", "PB"];
const STEP = 1000;
/** @type {[string, number][]} */
const BINARY_UNITS = [["TiB", 2 ** 40], ["GiB", 2 ** 30], ["MiB", 2 ** 20]];

/**
 * Three significant digits with decimal units: `2.4 MB`, `107 GB`, `1 byte`.
 * @param {number} bytes
 */
export function byteSize(bytes) {
  if (bytes === 1) return "1 byte";
  let value = bytes;
  let unit = 0;
  while (value >= STEP - 0.5 && unit < UNITS.length - 1) {
    value /= STEP;
    unit += 1;
  }
  if (unit === 0) return `${value} bytes`;
  const digits = value >= 99.5 ? 0 : value >= 9.95 ? 1 : 2;
  return `${Number(value.toFixed(digits))} ${UNITS[unit]}`;
}

/**
 * A limit as the operator set it, so that it reads as a round number: `100 GiB`; else as `byteSize`.
 * @param {number} bytes
 */
export function byteLimit(bytes) {
  for (const [unit, step] of BINARY_UNITS) if (bytes >= step && bytes % step === 0) return `${bytes / step} ${unit}`;
  return byteSize(bytes);
}

/**
 * `1 file`, `3 files`.
 * @param {number} count
 */
export const fileCount = (count) => count === 1 ? "1 file" : `${count.toLocaleString("en")} files`;
