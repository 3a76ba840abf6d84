/**
 * At most `limit` tasks hold a place at a time; the others wait in order.
 * @returns {(task: () => Promise<T>) => Promise<T>}
 * @template T
 */
export function createPlaces(limit) {
  let free = limit;
  const waiting = [];
  return async function inPlace(task) {
    if (free === 0) await new Promise((resolve) => waiting.push(resolve));
    else free -= 1;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

/** Works through `items` in order with `laneCount` tasks under way; the first failure stops the rest. */
export async function runLanes(items, laneCount, task) {
  let next = 0;
  let failed = false;
  async function lane() {
    while (next < items.length && !failed) {
      const item = items[next];
      next += 1;
      try {
        await task(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(laneCount, items.length) }, lane));
}
