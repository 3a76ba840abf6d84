const RECEIVED = "Thank you. Whoever runs this server has your address and can invite you.";

/**
 * Registering interest, for those without an access token.
 * @param {HTMLElement} section with `#waitlist-form` and `#waitlist-said`
 * @param {{send: (entry: {email: string, words: string}) => Promise<unknown>, sentenceOf: (error: Error) => string}} how
 */
export function createWaitlistForm(section, { send, sentenceOf }) {
  const form = section.querySelector("#waitlist-form");
  const said = section.querySelector("#waitlist-said");
  const submit = section.querySelector("#waitlist-send");

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    try {
      await send({
        email: section.querySelector("#waitlist-email").value.trim(),
        words: section.querySelector("#waitlist-words").value.trim(),
      });
      said.textContent = RECEIVED;
      form.hidden = true;
    } catch (error) {
      said.textContent = sentenceOf(error);
    } finally {
      submit.disabled = false;
    }
  });

  return { show: (isOffered) => (section.hidden = !isOffered) };
}
