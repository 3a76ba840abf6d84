/**
 * A counting semaphore: at most `limitNow()` tasks hold a slot, the others wait in order of arrival. The limit
 * is asked for whenever a slot becomes free, so it may change meanwhile.
 * @param {() => number} limitNow
 */
export function createSemaphore(limitNow) {
  let taken = 0;
  /** @type {(() => void)[]} */
  const waiting = [];

  function fillSlots() {
    while (taken < limitNow()) {
      const start = waiting.shift();
      if (!start) return;
      taken += 1;
      start();
    }
  }

  /**
   * @template T
   * @param {() => Promise<T>} task
   * @returns {Promise<T>}
   */
  return async function inSlot(task) {
    await /** @type {Promise<void>} */ (
      new Promise((resolve) => {
        waiting.push(resolve);
        fillSlots();
      })
    );
    try {
      return await task();
    } finally {
      taken -= 1;
      fillSlots();
    }
  };
}

/**
 * An ordered queue: callers pass in the order in which they took their turns. `ready` resolves once all before
 * called `end`.
 * @returns {() => {ready: Promise<void>, end: () => void}}
 */
export function createOrderedQueue() {
  let last = Promise.resolve();
  return function takeTurn() {
    const ready = last;
    let end = () => {};
    /** @type {Promise<void>} */
    const ended = new Promise((resolve) => (end = resolve));
    last = ready.then(() => ended);
    return { ready, end };
  };
}

/**
 * Works through `items` in order, as many at a time as the semaphore lets in; after the first failure none is started.
 * @template T
 * @param {T[]} items
 * @param {ReturnType<typeof createSemaphore>} inSlot
 * @param {(item: T) => Promise<void>} task
 */
export async function forEachInSlots(items, inSlot, task) {
  let failed = false;
  /** @param {T} item */
  async function run(item) {
    if (failed) return;
    try {
      await task(item);
    } catch (error) {
      failed = true;
      throw error;
    }
  }
  await Promise.all(items.map((item) => inSlot(() => run(item))));
}
