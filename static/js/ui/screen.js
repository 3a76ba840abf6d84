import { elementOf } from "./elements.js";
import { createWait } from "./wait.js";

/**
 * Puts one of the designed states on the page: which sections show, the heading, one sentence below it or,
 * where something went wrong, in the alert.
 * @param {HTMLElement} main with `data-state`; sections name the states they belong to in `data-show`
 * @param {Record<string, Message>} messages what each state says
 */
export function createScreen(main, messages) {
  const heading = elementOf(main, "h1", HTMLElement);
  const lede = elementOf(main, ".lede", HTMLElement);
  const problem = elementOf(main, ".problem", HTMLElement);
  /** @type {NodeListOf<HTMLElement>} */
  const sections = main.querySelectorAll("[data-show]");
  const wait = createWait(main);
  const siteName = document.title.split(" · ").at(-1);

  /** @param {HTMLElement} element @param {string} [text] */
  function setText(element, text) {
    element.textContent = text ?? "";
    element.hidden = !text;
  }

  /** @param {string} state @param {ScreenChange} [change] */
  function show(state, { code = "", focus = true, waitSeconds = 0, ...changes } = {}) {
    const said = { ...messages[state], ...changes };
    main.dataset.state = state;
    for (const section of sections) section.hidden = !section.dataset.show?.split(" ").includes(state);
    setText(heading, said.heading);
    setText(lede, said.lede);
    problem.dataset.code = code;
    setText(problem, said.problem);
    wait.stop();
    if (waitSeconds > 0) wait.start(waitSeconds, () => setText(problem, said.over));
    document.title = `${said.title ?? said.heading} · ${siteName}`;
    if (focus) heading.focus();
  }

  return {
    show,
    state: () => main.dataset.state ?? "",
    /**
     * The percentage in the tab's title, for those who look elsewhere meanwhile.
     * @param {number} percent
     * @param {string} doing
     */
    titlePercent: (percent, doing) => (document.title = `${percent} % ${doing} · ${siteName}`),
  };
}
