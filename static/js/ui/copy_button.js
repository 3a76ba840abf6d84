const CONFIRMED_FOR_MS = 2500;

/**
 * Makes a button copy a text; what happened is said on the button and in its status line.
 * @param {HTMLElement} button
 * @param {HTMLElement} status
 * @param {{text: () => string, select: () => void, done: string, failed: string}} how `select` marks the text, for
 *   browsers that copy only what is selected
 * @returns {() => void} forgets what was said
 */
export function createCopyButton(button, status, { text, select, done, failed }) {
  const label = button.textContent;
  let timer = 0;

  async function copied() {
    try {
      await navigator.clipboard.writeText(text());
      return true;
    } catch {
      select();
      return document.execCommand("copy");
    }
  }

  /** @param {string|null} buttonText @param {string} sentence */
  function say(buttonText, sentence) {
    clearTimeout(timer);
    button.textContent = buttonText;
    status.textContent = sentence;
  }

  button.addEventListener("click", async () => {
    if (!(await copied())) return say(label, failed);
    say("Copied", done);
    timer = setTimeout(say, CONFIRMED_FOR_MS, label, "");
  });
  return () => say(label, "");
}
