const START = 2;
const MOST = 8;
const CLEAR_GAIN = 1.1;
const SHORTEST_SPAN_MS = 1000;
const FIRST_REST_SPANS = 4;
const LONGEST_REST_SPANS = 32;

/**
 * Parts in flight that the memory budget allows: the browser holds a part until it is acknowledged.
 */
export function mostInFlight(sealedPartBytes, budgetBytes = 96 * 2 ** 20) {
  return Math.max(1, Math.min(MOST, Math.floor(budgetBytes / sealedPartBytes)));
}

/**
 * How many parts to have in flight, by hill climbing: one more is tried for a while and kept only where it
 * moves clearly more bytes a second; where it does not, one fewer, and a rest that doubles each time. A
 * connection or store that fails halves the number.
 * @param {{most: number, start?: number, now?: () => number}} options
 */
export function createPace({ most, start = START, now = () => performance.now() }) {
  let limit = Math.min(start, most);
  let restSpans = 1;
  let nextRestSpans = FIRST_REST_SPANS;
  let steadyRate = null;
  let failedAt = -Infinity;
  let span = { at: now(), bytes: 0, parts: 0 };

  function newSpan() {
    span = { at: now(), bytes: 0, parts: 0 };
  }

  function tryOneMore(rate) {
    if (limit >= most) return;
    steadyRate = rate;
    limit += 1;
  }

  function judge(rate) {
    const gained = rate >= steadyRate * CLEAR_GAIN;
    steadyRate = null;
    if (gained) return tryOneMore(rate);
    limit -= 1;
    restSpans = nextRestSpans;
    nextRestSpans = Math.min(LONGEST_REST_SPANS, nextRestSpans * 2);
  }

  function decide(rate) {
    if (steadyRate !== null) judge(rate);
    else if (restSpans > 0) restSpans -= 1;
    else tryOneMore(rate);
  }

  return {
    limit: () => limit,
    /** @param {number} bytes more bytes on their way */
    moved(bytes) {
      span.bytes += Math.max(0, bytes);
    },
    stored() {
      span.parts += 1;
      const elapsedMs = now() - span.at;
      if (span.parts < limit || elapsedMs < SHORTEST_SPAN_MS) return;
      decide(span.bytes / elapsedMs);
      newSpan();
    },
    /** Parts in flight fail together: at about the same time they count as one failure. */
    failed() {
      if (now() - failedAt < SHORTEST_SPAN_MS) return;
      failedAt = now();
      limit = Math.max(1, Math.floor(limit / 2));
      steadyRate = null;
      restSpans = 1;
      newSpan();
    },
    /** After a pause the time that passed means nothing. */
    restart() {
      steadyRate = null;
      restSpans = Math.max(1, restSpans);
      newSpan();
    },
  };
}
