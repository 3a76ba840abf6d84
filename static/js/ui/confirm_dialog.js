/**
 * A question before what cannot be undone.
 * @param {HTMLDialogElement} dialog with `.keep` and `.go` buttons
 * @param {() => void} onYes
 * @returns {{ask: () => void}}
 */
export function createConfirm(dialog, onYes) {
  dialog.querySelector(".keep").addEventListener("click", () => dialog.close());
  dialog.querySelector(".go").addEventListener("click", () => {
    dialog.close();
    onYes();
  });
  return { ask: () => dialog.showModal() };
}
