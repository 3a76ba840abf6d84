const CONFIRMED_FOR_MS = 2500;

async function copyText(input) {
  try {
    await navigator.clipboard.writeText(input.value);
    return true;
  } catch {
    input.select();
    return document.execCommand("copy");
  }
}

/**
 * A read-only value with its copy button; what happened is said in words, for everybody.
 * @param {HTMLElement} element `.copy-field` with an input, a button and a `[role=status]`
 */
export function createCopyField(element) {
  const input = element.querySelector("input");
  const button = element.querySelector("button");
  const status = element.querySelector("[role=status]");
  const label = button.textContent;
  let timer = 0;

  function say(buttonText, sentence) {
    clearTimeout(timer);
    button.textContent = buttonText;
    status.textContent = sentence;
  }

  function confirm() {
    say("Copied", `${element.dataset.noun} copied.`);
    timer = setTimeout(say, CONFIRMED_FOR_MS, label, "");
  }

  input.addEventListener("focus", () => input.select());
  button.addEventListener("click", async () => {
    if (await copyText(input)) confirm();
    else say(label, "Copying is not allowed here. The text is selected: copy it by hand.");
  });

  return {
    set(value) {
      input.value = value;
      say(label, "");
    },
  };
}
