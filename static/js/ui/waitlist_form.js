import { finderIn } from "./elements.js";

const RECEIVED = "Thank you. Whoever runs this server has your address and can invite you.";

/**
 * Registering interest, for those without an access token.
 * @param {HTMLElement} section with `#waitlist-form` and `#waitlist-said`
 * @param {{send: (entry: {email: string, words: string}) => Promise<unknown>, sentenceOf: (error: Failure) => string}} how
 */
export function createWaitlistForm(section, { send, sentenceOf }) {
  const find = finderIn(section, "#waitlist-");
  const form = find("form");
  const submit = find("send", HTMLButtonElement);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    try {
      await send({
        email: find("email", HTMLInputElement).value.trim(),
        words: find("words", HTMLInputElement).value.trim(),
      });
      find("said").textContent = RECEIVED;
      form.hidden = true;
    } catch (/** @type {any} */ error) {
      find("said").textContent = sentenceOf(error);
    } finally {
      submit.disabled = false;
    }
  });

  return { show: (/** @type {boolean} */ isOffered) => (section.hidden = !isOffered) };
}
