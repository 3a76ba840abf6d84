import { newElement } from "./elements.js";

// The server meets addresses and does not write them down as they are: that is not the same as never seeing them.
/** @type {Record<string, string>} */
const SEEN = { "network address": "Network address: seen in passing, never stored as it is" };

/** @param {string} text */
const capitalised = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * @param {HTMLElement} list
 * @param {string[]} notStored as the server names it
 */
export function showNeverStored(list, notStored) {
  const names = notStored.filter((name) => !(name in SEEN)).map(capitalised);
  const seen = notStored.filter((name) => name in SEEN).map((name) => SEEN[name]);
  const items = [...names, ...seen].map((text) => newElement("li", "", text));
  list.replaceChildren(...items);
}
