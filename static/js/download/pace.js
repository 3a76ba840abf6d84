const FIRST = 3;
const WORTH_A_STEP = 1.08;
const ROUNDS_OF_REST = 6;

/**
 * How many parts to fetch at once. A round is as many parts as were allowed; one more is allowed as long as
 * the last step made rounds faster, and a step that gained nothing is taken back for a while.
 * @param {{least?: number, most?: number, now?: () => number}} options `now` in milliseconds, monotonic
 */
export function createPace({ least = 2, most = 6, now = () => performance.now() } = {}) {
  let limit = Math.max(least, Math.min(most, FIRST));
  let roundStart = now();
  let roundBytes = 0;
  let roundParts = 0;
  let before = null;
  let rest = 0;

  function startRound() {
    roundStart = now();
    roundBytes = 0;
    roundParts = 0;
  }

  function step(bytesPerMs) {
    if (rest > 0) {
      rest -= 1;
    } else if (before && bytesPerMs < before.bytesPerMs * WORTH_A_STEP) {
      limit = before.limit;
      before = null;
      rest = ROUNDS_OF_REST;
    } else if (limit < most) {
      before = { limit, bytesPerMs };
      limit += 1;
    }
  }

  return {
    limit: () => limit,
    /** A part arrived. */
    record(bytes) {
      roundBytes += bytes;
      roundParts += 1;
      if (roundParts < limit) return;
      step(roundBytes / Math.max(1, now() - roundStart));
      startRound();
    },
    /** A fetch failed: fewer at once until things are calm. */
    stumble() {
      limit = Math.max(least, limit - 1);
      before = null;
      rest = ROUNDS_OF_REST;
      startRound();
    },
  };
}
