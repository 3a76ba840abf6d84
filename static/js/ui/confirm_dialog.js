import { elementOf } from "./elements.js";

/**
 * A question before what cannot be undone.
 * @param {HTMLDialogElement} dialog with `.keep` and `.go` buttons
 * @param {() => void} onYes
 * @returns {{ask: () => void}}
 */
export function createConfirm(dialog, onYes) {
  elementOf(dialog, ".keep", HTMLElement).addEventListener("click", () => dialog.close());
  elementOf(dialog, ".go", HTMLElement).addEventListener("click", () => {
    dialog.close();
    onYes();
  });
  return { ask: () => dialog.showModal() };
}
