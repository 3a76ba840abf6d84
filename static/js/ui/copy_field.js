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

  function confirm(buttonText, sentence) {
    clearTimeout(timer);
    button.textContent = buttonText;
    status.textContent = sentence;
    timer = setTimeout(() => {
      button.textContent = label;
      status.textContent = "";
    }, CONFIRMED_FOR_MS);
  }

  input.addEventListener("focus", () => input.select());
  button.addEventListener("click", async () => {
    if (await copyText(input)) confirm("Copied", `${element.dataset.noun} copied.`);
    else confirm(label, "Copying is not allowed here. The text is selected: copy it by hand.");
  });

  return {
    set(value) {
      input.value = value;
    },
  };
}
