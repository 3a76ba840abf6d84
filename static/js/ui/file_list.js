import { byteSize } from "./byte_size.js";

const MOST_ROWS = 500;

function textElement(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function rowButton({ label, mark, onPress }) {
  const button = textElement("button", "row__button", mark);
  button.type = "button";
  button.setAttribute("aria-label", label);
  button.addEventListener("click", onPress);
  return button;
}

function row({ path, sizeBytes }, action) {
  const item = document.createElement("li");
  item.className = "row";
  const name = textElement("span", "row__name", "");
  const cut = path.lastIndexOf("/") + 1;
  if (cut > 0) name.append(textElement("span", "row__folder", path.slice(0, cut)));
  const bidirectional = document.createElement("bdi");
  bidirectional.textContent = path.slice(cut);
  name.append(bidirectional);
  item.append(name, textElement("span", "row__size", byteSize(sizeBytes)));
  if (action) item.append(rowButton(action));
  return item;
}

/**
 * Names as text, sizes, and one button a row.
 * @param {HTMLElement} list
 * @param {{path: string, sizeBytes: number}[]} files
 * @param {((index: number, path: string) => {label: string, mark: string, onPress: () => void})|null} actionOf
 */
export function showFiles(list, files, actionOf) {
  const rows = files.slice(0, MOST_ROWS).map((file, index) => row(file, actionOf?.(index, file.path)));
  if (files.length > MOST_ROWS) {
    const more = document.createElement("li");
    more.className = "row row--more";
    more.textContent = `and ${(files.length - MOST_ROWS).toLocaleString("en")} more`;
    rows.push(more);
  }
  list.replaceChildren(...rows);
}
