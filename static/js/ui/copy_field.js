import { createCopyButton } from "./copy_button.js";
import { elementOf } from "./elements.js";

/**
 * A read-only value with its copy button.
 * @param {HTMLElement} element `.copy-field` with an input, a button and a `[role=status]`
 */
export function createCopyField(element) {
  const input = elementOf(element, "input", HTMLInputElement);
  const reset = createCopyButton(elementOf(element, "button", HTMLElement), elementOf(element, "[role=status]", HTMLElement), {
    text: () => input.value,
    select: () => input.select(),
    done: `${element.dataset.noun} copied.`,
    failed: "Copying is not allowed here. The text is selected: copy it by hand.",
  });

  input.addEventListener("focus", () => input.select());

  return {
    /** @param {string} value */
    set(value) {
      input.value = value;
      reset();
    },
  };
}
