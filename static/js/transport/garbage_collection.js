const COLLECT_AFTER_BYTES = 32 * 2 ** 20;
const HUGE_BYTES = 2 ** 34;

let releasedBytes = 0;

// Scripts cannot ask for a collection. Chromium refuses an allocation this large, but collects garbage before it says
// so. Firefox may grant it: memory that nobody writes to is only reserved, and it is unreachable at once.
function collect() {
  try {
    return void new ArrayBuffer(HUGE_BYTES);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
}

/**
 * Counts memory that the browser's garbage collector does not: Blobs and request bodies do not make it run, so
 * hundreds of MiB of unreachable ones would stay until the page is idle.
 * @param {number} lengthBytes of what becomes unreachable when the current task ends
 */
export function noteReleasedBytes(lengthBytes) {
  releasedBytes += lengthBytes;
  if (releasedBytes < COLLECT_AFTER_BYTES) return;
  releasedBytes = 0;
  setTimeout(collect);
}
