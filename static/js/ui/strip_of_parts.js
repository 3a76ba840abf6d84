const MOST_CELLS = 48;
// Painting takes from the same cores as encrypting.
const DRAW_EVERY_MS = 125;
const PHASES = ["empty", "sealing", "moving", "safe"];

/**
 * Cell of part `index` when `partCount` parts share `cellCount` cells.
 * @param {number} index
 * @param {number} partCount
 * @param {number} cellCount
 */
export const cellOf = (index, partCount, cellCount) => Math.floor((index * cellCount) / partCount);

/** @param {HTMLElement} element @param {number} cellCount */
function createCells(element, cellCount) {
  const cells = Array.from({ length: cellCount }, () => document.createElement("span"));
  for (const cell of cells) cell.className = "strip__cell";
  element.replaceChildren(...cells);
  return cells;
}

/**
 * The strip of parts: one cell a part, or several parts a cell when there are many. A cell is empty, then
 * hatched while it is sealed and on its way, then filled for what is safe.
 * @param {HTMLElement} element
 * @param {number} partCount
 */
export function createStrip(element, partCount) {
  const cellCount = Math.min(MOST_CELLS, partCount);
  const cells = createCells(element, cellCount);
  const parts = Array.from({ length: partCount }, () => ({ phase: "empty", fraction: 0 }));
  /** @type {{phase: string, fraction: number}[][]} */
  const members = Array.from({ length: cellCount }, () => []);
  parts.forEach((part, index) => members[cellOf(index, partCount, cellCount)].push(part));
  /** @type {Set<number>} */
  const stale = new Set();
  let drawing = 0;
  let drawnAt = -Infinity;

  function draw() {
    drawing = 0;
    drawnAt = performance.now();
    for (const cell of stale) {
      const group = members[cell];
      const safe = group.filter(({ phase }) => phase === "safe").length / group.length;
      const moved = group.reduce((sum, { phase, fraction }) => sum + (phase === "moving" ? fraction : 0), 0) / group.length;
      const busy = group.some(({ phase }) => phase === "sealing" || phase === "moving");
      cells[cell].dataset.part = safe === 1 ? "safe" : busy ? "sealing" : safe > 0 ? "partly" : "empty";
      cells[cell].style.setProperty("--safe", `${safe * 100}%`);
      cells[cell].style.setProperty("--moved", `${(safe + moved) * 100}%`);
    }
    stale.clear();
  }

  function drawSoon() {
    const waitMs = Math.max(0, drawnAt + DRAW_EVERY_MS - performance.now());
    drawing ||= setTimeout(() => requestAnimationFrame(draw), waitMs);
  }

  return {
    /**
     * @param {number} index
     * @param {PartProgress["phase"]} phase
     * @param {number} [fraction] of its bytes on their way
     */
    set(index, phase, fraction = 0) {
      if (!PHASES.includes(phase)) throw new RangeError(`no such phase: ${phase}`);
      parts[index].phase = phase;
      parts[index].fraction = fraction;
      stale.add(cellOf(index, partCount, cellCount));
      drawSoon();
    },
  };
}
