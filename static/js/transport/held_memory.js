const COLLECT_AFTER_BYTES = 32 * 2 ** 20;
const MORE_THAN_ANY_BROWSER_GIVES_BYTES = 2 ** 34;

let letGoBytes = 0;

// There is no other way to ask: an engine that cannot give what a script wants collects before it says so, and the
// others refuse that much at once. What is never given takes no memory.
function collect() {
  try {
    return void new ArrayBuffer(MORE_THAN_ANY_BROWSER_GIVES_BYTES);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
}

/**
 * Tells the browser's collector of memory that it does not count: neither Blobs nor bodies of requests are among
 * what makes it run, so hundreds of MiB of them would wait for a moment of rest.
 * @param {number} lengthBytes of what nothing refers to once the work that runs now has ended
 */
export function letGo(lengthBytes) {
  letGoBytes += lengthBytes;
  if (letGoBytes < COLLECT_AFTER_BYTES) return;
  letGoBytes = 0;
  setTimeout(collect);
}
