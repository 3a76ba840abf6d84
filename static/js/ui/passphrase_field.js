/** The button beside a passphrase that shows and hides it. */
export function createPassphraseField(element) {
  const input = element.querySelector("input");
  const button = element.querySelector("button");
  button.addEventListener("click", () => {
    const reveal = input.type === "password";
    input.type = reveal ? "text" : "password";
    button.textContent = reveal ? "Hide" : "Show";
    button.setAttribute("aria-label", `${button.textContent} the passphrase`);
    input.focus();
  });
  return input;
}
