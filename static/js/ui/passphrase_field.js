import { elementOf } from "./elements.js";

/**
 * The button beside a passphrase that shows and hides it.
 * @param {HTMLElement} element
 */
export function createPassphraseField(element) {
  const input = elementOf(element, "input", HTMLInputElement);
  const button = elementOf(element, "button", HTMLElement);
  button.addEventListener("click", () => {
    const reveal = input.type === "password";
    input.type = reveal ? "text" : "password";
    button.textContent = reveal ? "Hide" : "Show";
    button.setAttribute("aria-label", `${button.textContent} the passphrase`);
    input.focus();
  });
  return input;
}
