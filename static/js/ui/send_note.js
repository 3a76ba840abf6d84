import { elementOf } from "./elements.js";

const CLOSED = "visually-hidden";

/**
 * The field for a note. It is opened by its button, or by whatever puts the cursor into it.
 * @param {HTMLElement} element with a textarea, and a button that closes it
 * @param {HTMLElement} opener
 * @param {{onChange: () => void}} events
 */
export function createNoteField(element, opener, { onChange }) {
  const area = elementOf(element, "textarea", HTMLTextAreaElement);
  const closer = elementOf(element, "button", HTMLElement);
  let isOpen = false;

  /** @param {boolean} open */
  function setOpen(open) {
    isOpen = open;
    element.classList.toggle(CLOSED, !open);
    area.tabIndex = closer.tabIndex = open ? 0 : -1;
  }

  function open() {
    if (isOpen) return;
    setOpen(true);
    onChange();
  }

  function clear() {
    area.value = "";
    setOpen(false);
  }

  setOpen(false);
  opener.addEventListener("click", () => {
    open();
    area.focus();
  });
  area.addEventListener("focus", open);
  area.addEventListener("input", onChange);
  closer.addEventListener("click", () => {
    clear();
    onChange();
    opener.focus();
  });

  return {
    isOpen: () => isOpen,
    open,
    clear,
    text: () => area.value,
    sizeBytes: () => new Blob([area.value]).size,
  };
}
