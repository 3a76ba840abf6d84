import { createCopyButton } from "./copy_button.js";
import { elementOf } from "./elements.js";

/**
 * A received note as plain text, with its copy button.
 * @param {HTMLElement} sheet with `#note-text`, `#copy-note` and a `[role=status]`
 */
export function createNoteSheet(sheet) {
  const element = elementOf(sheet, "#note-text", HTMLElement);
  createCopyButton(elementOf(sheet, "#copy-note", HTMLElement), elementOf(sheet, "[role=status]", HTMLElement), {
    text: () => element.textContent,
    select: () => getSelection()?.selectAllChildren(element),
    done: "Note copied.",
    failed: "Copying is not allowed here. The note is selected: copy it by hand.",
  });

  return {
    /** @param {string} text */
    show(text) {
      element.textContent = text;
      sheet.hidden = false;
    },
    hide() {
      element.textContent = "";
      sheet.hidden = true;
    },
  };
}
