const CONFIRMED_FOR_MS = 2500;

async function copyText(text, element) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection().selectAllChildren(element);
    return document.execCommand("copy");
  }
}

/**
 * A received note as plain text, with its copy button.
 * @param {HTMLElement} sheet with `#note-text`, `#copy-note` and a `[role=status]`
 */
export function createNoteSheet(sheet) {
  const element = sheet.querySelector("#note-text");
  const button = sheet.querySelector("#copy-note");
  const status = sheet.querySelector("[role=status]");
  let timer = 0;

  button.addEventListener("click", async () => {
    clearTimeout(timer);
    const copied = await copyText(element.textContent, element);
    button.textContent = copied ? "Copied" : "Copy";
    status.textContent = copied ? "Note copied." : "Copying is not allowed here. The note is selected: copy it by hand.";
    timer = setTimeout(() => {
      button.textContent = "Copy";
      status.textContent = "";
    }, CONFIRMED_FOR_MS);
  });

  return {
    show(text) {
      element.textContent = text;
      sheet.hidden = false;
    },
    hide() {
      element.textContent = "";
      sheet.hidden = true;
    },
  };
}
