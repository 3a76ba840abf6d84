/**
 * At most `limitNow()` tasks hold a place at a time; the others wait in order. The limit is asked for
 * whenever a place is given back.
 * @param {() => number} limitNow
 * @returns {(task: () => Promise<T>) => Promise<T>}
 * @template T
 */
export function createPlaces(limitNow) {
  let taken = 0;
  const waiting = [];

  function letIn() {
    while (waiting.length > 0 && taken < limitNow()) {
      taken += 1;
      waiting.shift()();
    }
  }

  return async function inPlace(task) {
    await new Promise((resolve) => {
      waiting.push(resolve);
      letIn();
    });
    try {
      return await task();
    } finally {
      taken -= 1;
      letIn();
    }
  };
}

/**
 * Lets its callers pass in the order in which they took their turns. `come` resolves once all before have ended theirs.
 * @returns {() => {come: Promise<void>, end: () => void}}
 */
export function createTurns() {
  let last = Promise.resolve();
  return function takeTurn() {
    const before = last;
    let end = () => {};
    const ended = new Promise((resolve) => (end = resolve));
    last = before.then(() => ended);
    return { come: before, end };
  };
}

/** Works through `items` in order, as many at a time as there are places; the first failure keeps the rest from starting. */
export async function runInPlaces(items, inPlace, task) {
  let failed = false;
  async function run(item) {
    if (failed) return;
    try {
      await task(item);
    } catch (error) {
      failed = true;
      throw error;
    }
  }
  await Promise.all(items.map((item) => inPlace(() => run(item))));
}
