const WINDOW_MS = 8000;
const SHORTEST_MS = 700;

/**
 * How fast bytes move, over the last few seconds.
 * @param {() => number} [now] milliseconds, monotonic
 */
export function createRate(now = () => performance.now()) {
  let samples = [{ at: now(), bytes: 0 }];

  return {
    /** @param {number} bytes moved so far, in all */
    record(bytes) {
      const at = now();
      samples.push({ at, bytes });
      while (samples.length > 2 && at - samples[1].at > WINDOW_MS) samples.shift();
    },
    /**
     * Forgets the past: after a pause it would only mislead.
     * @param {number} bytes
     */
    restart(bytes) {
      samples = [{ at: now(), bytes }];
    },
    /** Bytes a second, or null while there is too little to tell. */
    bytesPerSecond() {
      const first = samples[0];
      const last = samples[samples.length - 1];
      const elapsedMs = last.at - first.at;
      if (elapsedMs < SHORTEST_MS || last.bytes <= first.bytes) return null;
      return ((last.bytes - first.bytes) * 1000) / elapsedMs;
    },
  };
}

/**
 * Whole percent, 100 only when everything is acknowledged.
 * @param {number} doneBytes
 * @param {number} totalBytes
 */
export function percentOf(doneBytes, totalBytes) {
  if (doneBytes >= totalBytes) return 100;
  return Math.min(99, Math.floor((doneBytes * 100) / totalBytes));
}

/**
 * `9 s left`, `4 min left`, `2 h 10 min left`; rounded up, so that it is kept.
 * @param {number} seconds
 */
export function timeLeftText(seconds) {
  if (seconds < 1) return "a moment left";
  if (seconds < 90) return `${Math.ceil(seconds)} s left`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 90) return `${minutes} min left`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min left` : `${Math.ceil(hours / 24)} days left`;
}
