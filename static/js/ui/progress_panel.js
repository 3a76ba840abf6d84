import { byteSize } from "./byte_size.js";
import { elementOf, finderIn } from "./elements.js";
import { createStrip } from "./strip_of_parts.js";
import { createRate, percentOf, timeLeftText } from "./transfer_rate.js";

const SPOKEN_EVERY_PERCENT = 25;
const TEXT_EVERY_MS = 250;

/**
 * Percent, bytes, speed and time left beside the strip of parts. What counts as done is what was
 * acknowledged; bytes on their way show in the strip and in the speed only.
 * @param {HTMLElement} element with a `[role=progressbar]` around `.progress__percent`, `.progress__detail` and
 *   `.strip`, and beside it `.progress__spoken`: what is inside a progress bar is not read out
 * @param {{partIndexes: number[], totalBytes: number, onPercent?: (percent: number) => void}} work
 */
export function createProgressPanel(element, { partIndexes, totalBytes, onPercent }) {
  const find = finderIn(element, ".progress__");
  const bar = elementOf(element, "[role=progressbar]", HTMLElement);
  const strip = createStrip(elementOf(element, ".strip", HTMLElement), partIndexes.length);
  const cells = new Map(partIndexes.map((index, at) => [index, at]));
  const cellOf = (/** @type {number} */ index) => cells.get(index) ?? 0;
  /** @type {Map<number, number>} */
  const underway = new Map();
  /** @type {Map<number, number>} */
  const safe = new Map();
  const rate = createRate();
  let doneBytes = 0;
  let shownAt = -Infinity;
  let spokenPercent = 0;

  function speedText() {
    const speed = rate.bytesPerSecond();
    if (!speed || doneBytes >= totalBytes) return "";
    return ` · ${byteSize(Math.round(speed))}/s · ${timeLeftText((totalBytes - doneBytes) / speed)}`;
  }

  function show() {
    const percent = percentOf(doneBytes, totalBytes);
    find("percent").textContent = `${percent} %`;
    find("detail").textContent = `${byteSize(doneBytes)} of ${byteSize(totalBytes)}${speedText()}`;
    bar.setAttribute("aria-valuenow", String(percent));
    bar.setAttribute("aria-valuetext", `${percent} percent, ${byteSize(doneBytes)} of ${byteSize(totalBytes)}`);
    onPercent?.(percent);
    if (percent - spokenPercent >= SPOKEN_EVERY_PERCENT && percent < 100) {
      spokenPercent = percent;
      find("spoken").textContent = `${percent} percent`;
    }
  }

  function showSoon(now = performance.now()) {
    if (now - shownAt < TEXT_EVERY_MS) return;
    shownAt = now;
    show();
  }

  function reachedBytes() {
    let moving = 0;
    for (const bytes of underway.values()) moving += bytes;
    return doneBytes + moving;
  }

  // A part that is worked on again, because the store lost it, is no longer done.
  /** @param {number} index @param {number} bytes */
  function setSafe(index, bytes) {
    doneBytes += bytes - (safe.get(index) ?? 0);
    safe.set(index, bytes);
  }

  show();
  return {
    /**
     * @param {PartProgress} part
     */
    onPart({ index, phase, sentBytes = 0, ofBytes = 1, sealedBytes = 0, isKept = false }) {
      underway.set(index, sentBytes);
      if (phase === "safe") underway.delete(index);
      setSafe(index, sealedBytes);
      if (isKept) rate.restart(reachedBytes());
      else rate.record(reachedBytes());
      strip.set(cellOf(index), phase, sentBytes / ofBytes);
      if (phase === "safe") show();
      else showSoon();
    },
    /** After a wait the speed is measured anew. */
    onWait() {
      rate.restart(reachedBytes());
      show();
    },
    /** What was on its way will be sent again. */
    onPause() {
      for (const index of underway.keys()) strip.set(cellOf(index), "sealing", 0);
      underway.clear();
      rate.restart(doneBytes);
      show();
    },
  };
}
