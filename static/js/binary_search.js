/**
 * The lowest index below `count` for which `holds` is true, else `count`; once true, it must stay true.
 * @param {number} count
 * @param {(index: number) => boolean} holds
 */
export function firstIndexWhere(count, holds) {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
