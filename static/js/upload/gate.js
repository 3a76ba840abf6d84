import { SendError } from "../errors.js";

/**
 * Pause and continue. Pausing aborts what is on its way at once, so that "paused" is true when it is said;
 * whatever ran behind the gate runs again when it opens.
 * @param {AbortSignal} cancelled ends it all
 */
export function createGate(cancelled) {
  const pausing = new SendError("paused", "Paused.");
  let running = new AbortController();
  let opened = Promise.resolve();
  let open = (/** @type {void} */ _) => {};
  let isPaused = false;

  cancelled.addEventListener("abort", () => {
    running.abort(cancelled.reason);
    open();
  });

  async function whenOpen() {
    cancelled.throwIfAborted();
    while (isPaused) {
      await opened;
      cancelled.throwIfAborted();
    }
  }

  return {
    isPaused: () => isPaused,
    /** Aborted when paused or cancelled; a new one after each pause. */
    signal: () => running.signal,
    whenOpen,
    pause() {
      if (isPaused) return;
      isPaused = true;
      opened = new Promise((/** @type {(_: void) => void} */ resolve) => (open = resolve));
      running.abort(pausing);
    },
    resume() {
      if (!isPaused) return;
      isPaused = false;
      running = new AbortController();
      open();
    },
    /**
     * @template T
     * @param {(signal: AbortSignal) => Promise<T>} task begun again after a pause
     * @returns {Promise<T>}
     */
    async run(task) {
      for (;;) {
        await whenOpen();
        try {
          return await task(running.signal);
        } catch (error) {
          if (error !== pausing) throw error;
        }
      }
    },
  };
}
