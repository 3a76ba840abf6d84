import { elementOf, finderIn } from "./elements.js";

/** @type {Record<string, string>} */
const STATUS_TEXT = {
  received: "Thank you. The operator of this server has the report.",
  known: "The operator has enough reports of this transfer already, and will look at them.",
};

/**
 * The form that reports misuse. It sends the key only when the reporter ticks the box that says so.
 * @param {HTMLElement} main with the button and the dialog of templates/transfers/_report.html
 * @param {{send: (report: {reason: string, words: string, contact: string, disclosesKey: boolean}) => Promise<{status: string}>,
 *          hasKey: () => boolean, sentenceOf: (error: Failure) => string}} how
 */
export function createReportDialog(main, { send, hasKey, sentenceOf }) {
  const dialog = elementOf(main, "#report", HTMLDialogElement);
  const form = elementOf(dialog, "form", HTMLFormElement);
  const find = finderIn(main, "#report-");
  const submit = find("send", HTMLButtonElement);

  /** @param {string} text @param {boolean} isDone */
  function showText(text, isDone) {
    find("said").textContent = text;
    find("said").hidden = !text;
    form.hidden = isDone;
  }

  find("open").addEventListener("click", () => {
    showText("", false);
    form.reset();
    find("key-box").hidden = !hasKey();
    dialog.showModal();
  });
  for (const button of dialog.querySelectorAll("[data-close]")) button.addEventListener("click", () => dialog.close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    const { reason, words, contact, disclose } = Object.fromEntries(new FormData(form));
    try {
      const { status } = await send({
        reason: String(reason),
        words: String(words),
        contact: String(contact),
        disclosesKey: disclose !== undefined && hasKey(),
      });
      showText(STATUS_TEXT[status] ?? STATUS_TEXT.received, true);
    } catch (/** @type {any} */ error) {
      showText(sentenceOf(error), false);
    } finally {
      submit.disabled = false;
    }
  });
}
