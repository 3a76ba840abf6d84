import { byteSize } from "./byte_size.js";

const ROWS_AT_ONCE = 500;

function textElement(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function rowButton({ label, mark, onPress, testId }) {
  const button = textElement("button", "row__button", mark);
  button.type = "button";
  button.setAttribute("aria-label", label);
  if (testId) button.dataset.testid = testId;
  button.addEventListener("click", onPress);
  return button;
}

function nameOf(path) {
  const name = textElement("span", "row__name", "");
  const cut = path.lastIndexOf("/") + 1;
  if (cut > 0) name.append(textElement("span", "row__folder", path.slice(0, cut)));
  const bidirectional = document.createElement("bdi");
  bidirectional.textContent = path.slice(cut);
  name.append(bidirectional);
  return name;
}

/**
 * The rows of received files: names as text, sizes, a look where one is offered, a button to save alone where
 * there are several. Very long lists show a stretch at a time.
 * @param {HTMLElement} list
 * @param {{files: {path: string, size: number, isPreviewable: boolean}[], onSave: (index: number) => void,
 *          onPreview: (index: number) => void}} content
 */
export function createDownloadRows(list, { files, onSave, onPreview }) {
  const saveButtons = new Map();
  const saved = new Set();
  const several = files.length > 1;
  let shown = 0;

  function markSaveButton(index) {
    const button = saveButtons.get(index);
    if (!button || !saved.has(index)) return;
    button.textContent = "Saved";
    button.setAttribute("aria-label", `Saved: save ${files[index].path} again`);
  }

  function row({ path, size, isPreviewable }, index) {
    const item = textElement("li", "row row--received", "");
    item.append(nameOf(path), textElement("span", "row__size", byteSize(size)));
    const actions = textElement("span", "row__actions", "");
    if (isPreviewable) actions.append(rowButton({ label: `Look at ${path}`, mark: "Look", onPress: () => onPreview(index) }));
    if (several) {
      const testId = index === 0 ? "save-one" : "";
      const button = rowButton({ label: `Save ${path}`, mark: "Save", onPress: () => onSave(index), testId });
      saveButtons.set(index, button);
      markSaveButton(index);
      actions.append(button);
    }
    if (actions.childElementCount > 0) item.append(actions);
    return item;
  }

  function moreRow() {
    const item = textElement("li", "row row--more", "");
    const left = (files.length - shown).toLocaleString("en");
    const mark = `Show more: ${left} are left`;
    item.append(rowButton({ label: mark, mark, onPress: showNext }));
    return item;
  }

  function showNext() {
    list.querySelector(".row--more")?.remove();
    const start = shown;
    const next = files.slice(start, start + ROWS_AT_ONCE);
    list.append(...next.map((file, at) => row(file, start + at)));
    shown += next.length;
    if (shown < files.length) list.append(moreRow());
  }

  list.replaceChildren();
  showNext();
  return {
    markSaved(indexes) {
      for (const index of indexes) {
        saved.add(index);
        markSaveButton(index);
      }
    },
    savedCount: () => saved.size,
  };
}
