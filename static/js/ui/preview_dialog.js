import { finderIn } from "./elements.js";

const LONGEST_EDGE_PIXELS = 2000;
/** @type {Record<string, string>} */
const REASONS = {
  too_large: "This is too large to be shown here. Save it to open it.",
  not_shown: "This kind of file is not shown here. Save it to open it.",
  not_decoded: "This image could not be read. Save it to open it elsewhere.",
};

/**
 * Pixels on a canvas are all that an image can become here: it is decoded, never opened as a document.
 * @param {Bytes} bytes
 * @param {string} type
 */
async function drawnImage(bytes, type) {
  const bitmap = await createImageBitmap(new Blob([bytes], { type }));
  const scale = Math.min(1, LONGEST_EDGE_PIXELS / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.className = "look__image";
  canvas.setAttribute("role", "img");
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas;
}

/** @param {string} text */
function sheetOfText(text) {
  const element = document.createElement("pre");
  element.className = "look__text";
  element.dir = "auto";
  element.tabIndex = 0;
  element.textContent = text;
  return element;
}

/**
 * A preview of one file before it is saved.
 * @param {HTMLDialogElement} element with `#look-name`, `#look-said`, `#look-body` and `#look-close`
 */
export function createPreviewDialog(element) {
  const find = finderIn(element, "#look-");
  const body = find("body");
  let onClosed = () => {};

  /** @param {string} text */
  function say(text) {
    find("said").textContent = text;
    find("said").hidden = !text;
  }

  element.addEventListener("close", () => {
    body.replaceChildren();
    onClosed();
  });
  find("close").addEventListener("click", () => element.close());

  return {
    /** @param {string} path @param {() => void} whenClosed */
    open(path, whenClosed) {
      onClosed = whenClosed;
      find("name").textContent = path.slice(path.lastIndexOf("/") + 1);
      body.replaceChildren();
      say("Fetching and checking…");
      element.dataset.look = "fetching";
      element.showModal();
    },
    /** @param {number} fraction */
    progress: (fraction) => say(`Fetching and checking… ${Math.floor(fraction * 100)} %`),
    waiting: () => say("Waiting for the connection…"),
    /** @param {Preview} preview @param {Bytes} bytes */
    async show(preview, bytes) {
      let content = null;
      let reason = preview.kind === "none" ? preview.reason : "";
      if (preview.kind === "text") content = sheetOfText(preview.text);
      if (preview.kind === "image") content = await drawnImage(bytes, preview.type).catch(() => null);
      if (preview.kind === "image" && !content) reason = "not_decoded";
      if (!element.open) return;
      content?.setAttribute("aria-labelledby", "look-name");
      body.replaceChildren(...(content ? [content] : []));
      say(REASONS[reason] ?? "");
      element.dataset.look = content ? preview.kind : "none";
    },
    close: () => element.close(),
  };
}
