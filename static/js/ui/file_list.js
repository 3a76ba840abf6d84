import { byteSize } from "./byte_size.js";

const ROWS_AT_ONCE = 500;

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

function moreRow(count, onPress) {
  const item = textElement("li", "row row--more", "");
  const button = textElement("button", "row__button", `Show more: ${count.toLocaleString("en")} are left`);
  button.type = "button";
  button.addEventListener("click", onPress);
  item.append(button);
  return item;
}

/**
 * Names as text, sizes, and one button a row; very long lists show a stretch at a time.
 * @param {HTMLElement} list
 * @param {{path: string, sizeBytes: number}[]} files
 * @param {((index: number, path: string) => {label: string, mark: string, onPress: () => void})|null} actionOf
 */
export function showFiles(list, files, actionOf) {
  let shown = 0;
  function showNext() {
    list.querySelector(".row--more")?.remove();
    const next = files.slice(shown, shown + ROWS_AT_ONCE);
    list.append(...next.map((file, at) => row(file, actionOf?.(shown + at, file.path))));
    shown += next.length;
    if (shown < files.length) list.append(moreRow(files.length - shown, showNext));
  }
  list.replaceChildren();
  showNext();
}
