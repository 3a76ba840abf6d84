/**
 * The element below `root` that `selector` names. TypeError where it is missing or of another kind: the page and its
 * script do not belong together.
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T}
 */
export function elementOf(root, selector, type) {
  const found = root.querySelector(selector);
  if (!(found instanceof type)) throw new TypeError(`no such element: ${selector}`);
  return found;
}

/**
 * Finds elements below `root` by what follows `prefix` in their selector, ids unless said otherwise.
 * @param {ParentNode} root
 * @param {string} [prefix]
 * @returns {Finder}
 */
export const finderIn = (root, prefix = "#") =>
  (/** @type {string} */ name, type = HTMLElement) => elementOf(root, prefix + name, type);

/**
 * @param {string} tag
 * @param {string} className
 * @param {(string|Node)[]} content
 */
export function newElement(tag, className, ...content) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...content);
  return made;
}

/**
 * A button with a short mark to see and a longer label to hear.
 * @param {{label: string, mark: string, onPress: () => void}} action
 */
export function newRowButton({ label, mark, onPress }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "row__button";
  button.textContent = mark;
  button.setAttribute("aria-label", label);
  button.addEventListener("click", onPress);
  return button;
}

/** @param {HTMLSelectElement} select @param {[value: string, text: string][]} choices @param {string} [chosen] */
export function setOptions(select, choices, chosen) {
  select.replaceChildren(...choices.map(([value, text]) => new Option(text, value, value === chosen, value === chosen)));
}
