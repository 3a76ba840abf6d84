const SAID = {
  received: "Thank you. The operator of this server has the report.",
  known: "The operator has enough reports of this transfer already, and will look at them.",
};

/**
 * The form that reports misuse. It sends the key only when the reporter ticks the box that says so.
 * @param {HTMLElement} main with the button and the dialog of templates/transfers/_report.html
 * @param {{send: (report: object) => Promise<{status: string}>, hasKey: () => boolean, sentenceOf: (error: Error) => string}} how
 */
export function createReportDialog(main, { send, hasKey, sentenceOf }) {
  const dialog = main.querySelector("#report");
  const form = dialog.querySelector("form");
  const said = dialog.querySelector("#report-said");
  const submit = dialog.querySelector("#report-send");

  function tell(text, isDone) {
    said.textContent = text;
    said.hidden = !text;
    form.hidden = isDone;
  }

  main.querySelector("#report-open").addEventListener("click", () => {
    tell("", false);
    form.reset();
    dialog.querySelector("#report-key-box").hidden = !hasKey();
    dialog.showModal();
  });
  for (const button of dialog.querySelectorAll("[data-close]")) button.addEventListener("click", () => dialog.close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    const { reason, words, contact, disclose } = form.elements;
    try {
      const { status } = await send({
        reason: reason.value,
        words: words.value,
        contact: contact.value,
        disclosesKey: disclose.checked && hasKey(),
      });
      tell(SAID[status] ?? SAID.received, true);
    } catch (error) {
      tell(sentenceOf(error), false);
    } finally {
      submit.disabled = false;
    }
  });
}
