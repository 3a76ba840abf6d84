const LONGEST_EDGE_PIXELS = 2000;
const REASONS = {
  too_large: "This is too large to be shown here. Save it to open it.",
  not_shown: "This kind of file is not shown here. Save it to open it.",
  not_decoded: "This image could not be read. Save it to open it elsewhere.",
};

/** Pixels on a canvas are all that an image can become here: it is decoded, never opened as a document. */
async function drawnImage(bytes, type) {
  const bitmap = await createImageBitmap(new Blob([bytes], { type }));
  const scale = Math.min(1, LONGEST_EDGE_PIXELS / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.className = "look__image";
  canvas.setAttribute("role", "img");
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas;
}

function sheetOfText(text) {
  const element = document.createElement("pre");
  element.className = "look__text";
  element.dir = "auto";
  element.tabIndex = 0;
  element.textContent = text;
  return element;
}

/**
 * A look at one file before it is saved.
 * @param {HTMLDialogElement} element with `#look-name`, `#look-said`, `#look-body` and `#look-close`
 */
export function createPreviewDialog(element) {
  const find = (id) => element.querySelector(`#${id}`);
  const body = find("look-body");
  let onClosed = () => {};

  function say(text) {
    find("look-said").textContent = text;
    find("look-said").hidden = !text;
  }

  element.addEventListener("close", () => {
    body.replaceChildren();
    onClosed();
  });
  find("look-close").addEventListener("click", () => element.close());

  return {
    open(path, whenClosed) {
      onClosed = whenClosed;
      find("look-name").textContent = path.slice(path.lastIndexOf("/") + 1);
      body.replaceChildren();
      say("Fetching and checking…");
      element.dataset.look = "fetching";
      element.showModal();
    },
    progress: (fraction) => say(`Fetching and checking… ${Math.floor(fraction * 100)} %`),
    waiting: () => say("Waiting for the connection…"),
    /** @param {{kind: "image", type: string}|{kind: "text", text: string}|{kind: "none", reason: string}} preview */
    async show(preview, bytes) {
      let { kind, reason } = preview;
      let content = null;
      if (kind === "text") content = sheetOfText(preview.text);
      if (kind === "image") content = await drawnImage(bytes, preview.type).catch(() => null);
      if (kind === "image" && !content) [kind, reason] = ["none", "not_decoded"];
      if (!element.open) return;
      content?.setAttribute("aria-labelledby", "look-name");
      body.replaceChildren(...(content ? [content] : []));
      say(REASONS[reason] ?? "");
      element.dataset.look = kind;
    },
    close: () => element.close(),
  };
}
