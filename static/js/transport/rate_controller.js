const CLEAR_GAIN = 1.1;
const FAILURES_TOGETHER_MS = 1000;
const FIRST_REST_SPANS = 4;
const LONGEST_REST_SPANS = 32;

/**
 * How many parts to have in flight, by hill climbing: one more is tried for a span of time and kept only where it
 * moves clearly more bytes a second; where it does not, one fewer, and a rest that doubles each time. A failing
 * connection or store halves the number.
 * @param {{most: number, least?: number, start: number, shortestSpanMs: number, now?: () => number}} options
 *   a span ends when as many parts as the limit are done, and not before `shortestSpanMs`; `now`: milliseconds, monotonic
 */
export function createRateController({ most, least = 1, start, shortestSpanMs, now = () => performance.now() }) {
  let limit = Math.min(start, most);
  let restSpans = 1;
  let nextRestSpans = FIRST_REST_SPANS;
  /** @type {number|null} bytes per millisecond before the step that is on trial */
  let steadyRate = null;
  let failedAt = -Infinity;
  let span = { at: now(), bytes: 0, parts: 0 };

  function newSpan() {
    span = { at: now(), bytes: 0, parts: 0 };
  }

  /** @param {number} rate */
  function tryOneMore(rate) {
    if (limit >= most) return;
    steadyRate = rate;
    limit += 1;
  }

  /** @param {number} rate @param {number} rateBefore */
  function keepOrUndo(rate, rateBefore) {
    steadyRate = null;
    if (rate >= rateBefore * CLEAR_GAIN) return tryOneMore(rate);
    limit -= 1;
    restSpans = nextRestSpans;
    nextRestSpans = Math.min(LONGEST_REST_SPANS, nextRestSpans * 2);
  }

  return {
    limit: () => limit,
    /** @param {number} bytes more bytes on their way */
    moved(bytes) {
      span.bytes += Math.max(0, bytes);
    },
    partDone() {
      span.parts += 1;
      const elapsedMs = Math.max(1, now() - span.at);
      if (span.parts < limit || elapsedMs < shortestSpanMs) return;
      const rate = span.bytes / elapsedMs;
      if (steadyRate !== null) keepOrUndo(rate, steadyRate);
      else if (restSpans > 0) restSpans -= 1;
      else tryOneMore(rate);
      newSpan();
    },
    /** Parts in flight fail together: at about the same time they count as one failure. */
    failed() {
      if (now() - failedAt < FAILURES_TOGETHER_MS) return;
      failedAt = now();
      limit = Math.max(least, Math.floor(limit / 2));
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
