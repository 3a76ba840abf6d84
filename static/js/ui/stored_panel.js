import { showNeverStored } from "./never_stored.js";
import { valueText } from "./stored_facts.js";

const ASKING = "Asking the server…";
const NO_ANSWER = "The server did not answer. Close this and open it again.";

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

function columnRow({ name, label, sentence, has_value: hasValue, value }) {
  const row = element("div", "stored__column", element("dt", "", label));
  if (hasValue) {
    const text = valueText(name, value);
    row.append(element("dd", text === "empty" ? "stored__value stored__value--empty" : "stored__value", text));
  }
  row.append(element("dd", "stored__sentence", sentence));
  return row;
}

function rowsText(rows) {
  if (rows === null) return "";
  return rows === 1 ? "1 row" : `${rows} rows`;
}

function placeOf({ title, sentence, rows, columns }) {
  const count = element("span", "stored__rows", rowsText(rows));
  const summary = element("summary", "stored__title", element("span", "", title), count);
  const list = element("dl", "stored__columns", ...columns.map(columnRow));
  return element("details", "stored__place", summary, element("p", "soft", sentence), list);
}

function besideOf({ title, sentences }) {
  const summary = element("summary", "stored__title", element("span", "", title));
  const said = sentences.map((sentence) => element("p", "soft", sentence));
  return element("details", "stored__place", summary, ...said);
}

function noteOf({ note, visitor }) {
  const name = visitor ? `To the sender, your network address appears today as “visitor ${visitor}”.` : "";
  return [note, name].filter(Boolean).join(" ");
}

/**
 * What the server stores, table by table and column by column, as the server itself tells it.
 * @param {HTMLDetailsElement} panel
 * @param {() => Promise<{places: object[], beside: object[], not_stored: string[], visitor?: string, note?: string}>} load
 */
export function createStoredPanel(panel, load) {
  const find = (name) => panel.querySelector(`#stored-${name}`);
  let asked = 0;

  function show(told) {
    const openTitles = [...find("places").querySelectorAll("details[open]")].map((place) => place.dataset.title);
    const places = [...told.places.map(placeOf), ...told.beside.map(besideOf)];
    for (const [at, place] of places.entries()) {
      place.dataset.title = [...told.places, ...told.beside][at].title;
      place.open = openTitles.includes(place.dataset.title);
    }
    find("said").textContent = noteOf(told);
    find("places").replaceChildren(...places);
    showNeverStored(find("never"), told.not_stored);
    find("never-box").hidden = false;
  }

  async function refresh() {
    if (!panel.open) return;
    const mine = ++asked;
    if (find("never-box").hidden) find("said").textContent = ASKING;
    try {
      const told = await load();
      if (mine === asked) show(told);
    } catch {
      if (mine === asked) find("said").textContent = NO_ANSWER;
    }
  }

  panel.addEventListener("toggle", refresh);
  return {
    /** Asks again if somebody is looking; else the next opening does. */
    refresh,
  };
}
