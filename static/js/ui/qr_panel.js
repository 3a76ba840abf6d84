const SVG = "http://www.w3.org/2000/svg";
const FAILED = "The QR code could not be made. Copy the link instead.";

/** Dark modules as one path, a run of them at a time. */
function outline(modules) {
  return modules.flatMap((row, y) => runsOf(row).map(([x, length]) => `M${x} ${y}h${length}v1h-${length}z`)).join("");
}

function runsOf(row) {
  const runs = [];
  row.forEach((dark, x) => {
    if (dark && row[x - 1]) runs.at(-1)[1] += 1;
    else if (dark) runs.push([x, 1]);
  });
  return runs;
}

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
 * @param {HTMLElement} figure `.qr` with a `.qr__picture` and a `[role=status]`
 * @param {(text: string) => Promise<boolean[][]>} encode
 */
export function createQrPanel(button, figure, encode) {
  const picture = figure.querySelector(".qr__picture");
  const caption = figure.querySelector("[role=status]");
  let offered = { text: "", label: "", words: "" };

  function open(isOpen, drawn = [], words = "") {
    picture.replaceChildren(...drawn);
    caption.textContent = words;
    figure.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
    button.textContent = isOpen ? "Hide the QR code" : "Show a QR code";
  }

  async function show(wanted) {
    let drawn;
    try {
      drawn = [drawing(await encode(wanted.text), wanted.label)];
    } catch {
      drawn = [];
    }
    if (wanted === offered) open(true, drawn, drawn.length > 0 ? wanted.words : FAILED);
  }

  button.addEventListener("click", () => (figure.hidden ? show(offered) : open(false)));

  return {
    /** What the next code holds; one that is shown goes. @param {{text: string, label: string, words: string}} wish */
    offer(wish) {
      offered = wish;
      open(false);
    },
  };
}
