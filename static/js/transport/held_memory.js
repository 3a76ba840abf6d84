const TIMES = 2;

/**
 * Tells the browser's collector of memory that it does not count. It runs by what it counts, and neither bodies
 * of requests nor some of WebCrypto's results are among that: hundreds of MiB of them would wait for a moment
 * of rest. A buffer that nobody touches takes an address and no memory, but is counted.
 * @param {number} lengthBytes what was let go of (docs/performance.md says why it is counted more than once)
 */
export function countAsHeld(lengthBytes) {
  try {
    return void new ArrayBuffer(TIMES * lengthBytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
}
