import { elementOf } from "./elements.js";

/** @typedef {{text: string, label: string, caption: string}} QrOffer */

const SVG = "http://www.w3.org/2000/svg";
const FAILED = "The QR code could not be made. Copy the link instead.";

/**
 * Dark modules as one path, a run of them at a time.
 * @param {boolean[][]} modules
 */
const outline = (modules) =>
  modules.flatMap((row, y) => runsOf(row).map(([x, length]) => `M${x} ${y}h${length}v1h-${length}z`)).join("");

/** @param {boolean[]} row */
function runsOf(row) {
  /** @type {[start: number, length: number][]} */
  const runs = [];
  row.forEach((dark, x) => {
    if (dark && row[x - 1]) runs[runs.length - 1][1] += 1;
    else if (dark) runs.push([x, 1]);
  });
  return runs;
}

/** @param {boolean[][]} modules @param {string} label */
function drawing(modules, label) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${modules.length} ${modules.length}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", outline(modules));
  svg.append(path);
  return svg;
}

/**
 * A QR code behind a button; made when it is asked for.
 * @param {HTMLElement} button
 * @param {HTMLElement} figure `.qr` with a `.qr__picture` and a `[role=status]`
 * @param {(text: string) => Promise<boolean[][]>} encode
 */
export function createQrPanel(button, figure, encode) {
  const picture = elementOf(figure, ".qr__picture", HTMLElement);
  const status = elementOf(figure, "[role=status]", HTMLElement);
  let offered = { text: "", label: "", caption: "" };

  /** @param {boolean} isOpen @param {Node[]} [drawn] @param {string} [text] */
  function open(isOpen, drawn = [], text = "") {
    picture.replaceChildren(...drawn);
    status.textContent = text;
    figure.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
    button.textContent = isOpen ? "Hide the QR code" : "Show a QR code";
  }

  /** @param {QrOffer} wanted */
  async function show(wanted) {
    const drawn = await encode(wanted.text).then((modules) => [drawing(modules, wanted.label)], () => []);
    if (wanted === offered) open(true, drawn, drawn.length > 0 ? wanted.caption : FAILED);
  }

  button.addEventListener("click", () => (figure.hidden ? show(offered) : open(false)));

  return {
    /**
     * What the next code holds; one that is shown goes.
     * @param {QrOffer} next
     */
    offer(next) {
      offered = next;
      open(false);
    },
  };
}
