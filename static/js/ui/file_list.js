import { newElement, newRowButton } from "./elements.js";
import { nameAndSize, showLongList } from "./long_list.js";

/**
 * Names as text, sizes, and one button a row.
 * @param {HTMLElement} list
 * @param {{path: string, sizeBytes: number}[]} files
 * @param {(index: number, path: string) => {label: string, mark: string, onPress: () => void}} actionOf
 */
export function showFiles(list, files, actionOf) {
  showLongList(list, files, ({ path, sizeBytes }, index) =>
    newElement("li", "row", ...nameAndSize(path, sizeBytes), newRowButton(actionOf(index, path))),
  );
}
