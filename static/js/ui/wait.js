import { elementOf } from "./elements.js";
import { exactSpanText } from "./moment_text.js";

const TICK_MS = 250;

/**
 * A time to wait, counted down for the eye; what may not be pressed meanwhile (`data-waits`) is disabled.
 * Who does not see the line hears the time as the heading's description, once and not every second.
 * @param {HTMLElement} main with one `.wait` and one heading
 */
export function createWait(main) {
  const line = elementOf(main, ".wait", HTMLElement);
  const heading = elementOf(main, "h1", HTMLElement);
  /** @type {NodeListOf<HTMLButtonElement>} */
  const buttons = main.querySelectorAll("[data-waits]");
  let timer = 0;
  line.id = "wait";

  function stop() {
    clearInterval(timer);
    line.hidden = true;
    heading.removeAttribute("aria-describedby");
    for (const button of buttons) button.disabled = false;
  }

  return {
    stop,
    /**
     * Calls `onOver` once the time is over; another start or stop before that ends this one.
     * @param {number} seconds
     * @param {() => void} onOver
     */
    start(seconds, onOver) {
      stop();
      const overAt = Date.now() + seconds * 1000;
      const tick = () => {
        const left = Math.ceil((overAt - Date.now()) / 1000);
        line.textContent = `You can try again in ${exactSpanText(Math.max(1, left))}.`;
        if (left > 0) return;
        stop();
        onOver();
      };
      for (const button of buttons) button.disabled = true;
      line.hidden = false;
      heading.setAttribute("aria-describedby", line.id);
      tick();
      timer = setInterval(tick, TICK_MS);
    },
  };
}
