import { byteSize } from "./byte_size.js";
import { newElement, newRowButton } from "./elements.js";

const ROWS_AT_ONCE = 500;

/**
 * A row's name, as text in the direction of its own script, behind its folder, and its size.
 * @param {string} path
 * @param {number} sizeBytes
 */
export function nameAndSize(path, sizeBytes) {
  const name = newElement("span", "row__name");
  const cut = path.lastIndexOf("/") + 1;
  if (cut > 0) name.append(newElement("span", "row__folder", path.slice(0, cut)));
  name.append(newElement("bdi", "", path.slice(cut)));
  return [name, newElement("span", "row__size", byteSize(sizeBytes))];
}

/**
 * Fills a list that may be very long, a stretch at a time.
 * @template T
 * @param {HTMLElement} list
 * @param {T[]} items
 * @param {(item: T, index: number) => HTMLElement} rowOf
 */
export function showLongList(list, items, rowOf) {
  let shown = 0;

  function showNext() {
    list.querySelector(".row--more")?.remove();
    const start = shown;
    const next = items.slice(start, start + ROWS_AT_ONCE);
    list.append(...next.map((item, at) => rowOf(item, start + at)));
    shown += next.length;
    if (shown === items.length) return;
    const mark = `Show more: ${(items.length - shown).toLocaleString("en")} are left`;
    list.append(newElement("li", "row row--more", newRowButton({ label: mark, mark, onPress: showNext })));
  }

  list.replaceChildren();
  showNext();
}
