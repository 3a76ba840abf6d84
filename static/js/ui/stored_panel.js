import { showNeverStored } from "./never_stored.js";
import { valueText } from "./stored_facts.js";

const ASKING = "Asking the server…";
const OTHERS = "Other tables of this server";
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

function place(title, ...children) {
  const made = element("details", "stored__place", ...children);
  made.dataset.title = title;
  return made;
}

function placeOf({ title, sentence, rows, columns }) {
  const count = element("span", "stored__rows", rowsText(rows));
  const summary = element("summary", "stored__title", element("span", "", title), count);
  const list = element("dl", "stored__columns", ...columns.map(columnRow));
  return place(title, summary, element("p", "soft", sentence), list);
}

function besideOf({ title, sentences }) {
  const summary = element("summary", "stored__title", element("span", "", title));
  return place(title, summary, ...sentences.map((sentence) => element("p", "soft", sentence)));
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
    const isOpen = new Set([...find("places").querySelectorAll("details[open]")].map((shown) => shown.dataset.title));
    const ofTransfers = told.places.filter((place) => place.of_transfers).map(placeOf);
    const others = told.places.filter((place) => !place.of_transfers).map(placeOf);
    const places = [...ofTransfers, ...told.beside.map(besideOf), ...others];
    for (const shown of places) shown.open = isOpen.has(shown.dataset.title);
    find("said").textContent = noteOf(told);
    find("places").replaceChildren(...places);
    others[0]?.before(element("h3", "stored__others", OTHERS));
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
