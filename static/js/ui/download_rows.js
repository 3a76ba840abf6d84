import { newElement, newRowButton } from "./elements.js";
import { nameAndSize, showLongList } from "./long_list.js";

/**
 * The rows of received files: names as text, sizes, a preview where one is offered, a button to save alone where
 * there are several.
 * @param {HTMLElement} list
 * @param {{files: ReceivedFile[], onSave: (index: number) => void, onPreview: (index: number) => void}} content
 */
export function createDownloadRows(list, { files, onSave, onPreview }) {
  /** @type {Map<number, HTMLElement>} */
  const saveButtons = new Map();
  /** @type {Set<number>} */
  const saved = new Set();

  /** @param {number} index */
  function markSaveButton(index) {
    const button = saveButtons.get(index);
    if (!button || !saved.has(index)) return;
    button.textContent = "Saved";
    button.setAttribute("aria-label", `Saved: save ${files[index].path} again`);
  }

  /** @param {ReceivedFile} file @param {number} index */
  function row({ path, size, isPreviewable }, index) {
    const item = newElement("li", "row row--received", ...nameAndSize(path, size));
    const actions = newElement("span", "row__actions");
    if (isPreviewable) actions.append(newRowButton({ label: `Look at ${path}`, mark: "Look", onPress: () => onPreview(index) }));
    if (files.length > 1) {
      const button = newRowButton({ label: `Save ${path}`, mark: "Save", onPress: () => onSave(index) });
      if (index === 0) button.dataset.testid = "save-one";
      saveButtons.set(index, button);
      markSaveButton(index);
      actions.append(button);
    }
    if (actions.childElementCount > 0) item.append(actions);
    return item;
  }

  showLongList(list, files, row);
  return {
    /** @param {Iterable<number>} indexes */
    markSaved(indexes) {
      for (const index of indexes) {
        saved.add(index);
        markSaveButton(index);
      }
    },
    savedCount: () => saved.size,
  };
}
