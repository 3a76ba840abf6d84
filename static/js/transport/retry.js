import { SendError } from "../errors.js";

const TRANSIENT_STATUSES = new Set([408, 425, 429, 500, 502, 503, 504]);
const TOO_MANY_REQUESTS = 429;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
const MAX_ATTEMPTS = 12;

/**
 * Whether trying the same call again may help: the network, a busy server or store.
 * @param {Failure} error
 */
export const isTransient = (error) =>
  error instanceof SendError && (error.code === "network" || TRANSIENT_STATUSES.has(error.status ?? 0));

/**
 * `isTransient`, but for calls that were limited (429): people see how long they have to wait, and press a button then.
 * @param {Failure} error
 */
export const retriesUnasked = (error) => isTransient(error) && error.status !== TOO_MANY_REQUESTS;

/** For calls that somebody waits for: they hear of a failure soon. */
export const A_FEW_TRIES = { attempts: 4, retryIf: retriesUnasked };

/**
 * Seconds that a `Retry-After` header asks to wait (RFC 9110 §10.2.3), undefined where it names none.
 * @param {string|null} headerText
 */
export function retryAfterSecondsOf(headerText) {
  const seconds = Number(headerText);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}

/**
 * Milliseconds before try number `attempt` (from 1) is repeated: doubling to a cap, half of it at
 * random so that clients do not return in step; Retry-After is a floor (RFC 9110 §10.2.3).
 * @param {number} attempt
 * @param {{random?: () => number, retryAfterSeconds?: number}} [options]
 */
export function backoffMs(attempt, { random = Math.random, retryAfterSeconds = 0 } = {}) {
  const full = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
  return Math.max(full / 2 + (full / 2) * random(), retryAfterSeconds * 1000);
}

/**
 * Resolves after `ms`, or rejects with the signal's reason as soon as it is aborted.
 * @param {number} ms
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
export function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(finish, ms);
    function finish() {
      signal?.removeEventListener("abort", stop);
      resolve();
    }
    function stop() {
      clearTimeout(timer);
      reject(signal?.reason);
    }
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}

/** @param {AbortSignal} [signal] @returns {Promise<void>} */
function untilOnline(signal) {
  return new Promise((resolve, reject) => {
    const watcher = new AbortController();
    const settle = (/** @type {() => void} */ action) => () => {
      watcher.abort();
      action();
    };
    globalThis.addEventListener("online", settle(resolve), { signal: watcher.signal });
    signal?.addEventListener("abort", settle(() => reject(signal?.reason)), { signal: watcher.signal });
  });
}

const browserNetwork = { isOnline: () => globalThis.navigator?.onLine !== false, untilOnline };

/**
 * Runs `task` until it succeeds, fails for good, or has failed `attempts` times in a row. Time spent offline is waited
 * out and costs no attempt; a server that says `server_busy` is waited for, as its slots become free again.
 * @template T
 * @param {() => Promise<T>} task
 * @param {{signal?: AbortSignal, attempts?: number, retryIf?: (error: Failure) => boolean,
 *          onWait?: (wait: Wait) => void, wait?: typeof pause,
 *          network?: typeof browserNetwork}} [options]
 * @returns {Promise<T>}
 */
export async function retrying(task, options = {}) {
  const { signal, attempts = MAX_ATTEMPTS, retryIf = isTransient, onWait } = options;
  const { wait = pause, network = browserNetwork } = options;
  let attempt = 0;
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await task();
    } catch (/** @type {any} */ error) {
      if (signal?.aborted) throw signal.reason;
      if (!retryIf(error)) throw error;
      attempt += 1;
      if (attempt >= attempts && network.isOnline() && error.code !== "server_busy") throw error;
      onWait?.({ attempt, offline: !network.isOnline(), error });
      if (network.isOnline()) await wait(backoffMs(attempt, { retryAfterSeconds: error.retryAfterSeconds }), signal);
      if (!network.isOnline()) {
        await network.untilOnline(signal);
        attempt = 0;
      }
    }
  }
}
