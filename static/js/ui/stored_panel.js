import { finderIn, newElement } from "./elements.js";
import { showNeverStored } from "./never_stored.js";
import { valueText } from "./stored_facts.js";

const ASKING = "Asking the server…";
const OTHERS = "Other tables of this server";
const NO_ANSWER = "The server did not answer. Close this and open it again.";

/** @param {StoredColumn} column */
function columnRow({ name, label, sentence, has_value: hasValue, value }) {
  const row = newElement("div", "stored__column", newElement("dt", "", label));
  if (hasValue) {
    const text = valueText(name, value);
    row.append(newElement("dd", text === "empty" ? "stored__value stored__value--empty" : "stored__value", text));
  }
  row.append(newElement("dd", "stored__sentence", sentence));
  return row;
}

/** @param {number|null} rows */
function rowsText(rows) {
  if (rows === null) return "";
  return rows === 1 ? "1 row" : `${rows} rows`;
}

/** @param {string} title @param {Node[]} children */
function tableDetails(title, ...children) {
  const made = /** @type {HTMLDetailsElement} */ (newElement("details", "stored__place", ...children));
  made.dataset.title = title;
  return made;
}

/** @param {StoredTable} table */
function tableOf({ title, sentence, rows, columns }) {
  const count = newElement("span", "stored__rows", rowsText(rows));
  const summary = newElement("summary", "stored__title", newElement("span", "", title), count);
  const list = newElement("dl", "stored__columns", ...columns.map(columnRow));
  return tableDetails(title, summary, newElement("p", "soft", sentence), list);
}

/** @param {{title: string, sentences: string[]}} beside */
function besideOf({ title, sentences }) {
  const summary = newElement("summary", "stored__title", newElement("span", "", title));
  return tableDetails(title, summary, ...sentences.map((sentence) => newElement("p", "soft", sentence)));
}

/** @param {Transparency} stored */
function noteOf({ note, visitor }) {
  const name = visitor ? `To the sender, your network address appears today as “visitor ${visitor}”.` : "";
  return [note, name].filter(Boolean).join(" ");
}

/**
 * What the server stores, table by table and column by column, as the server itself describes it.
 * @param {HTMLDetailsElement} panel
 * @param {() => Promise<Transparency>} load
 */
export function createStoredPanel(panel, load) {
  const find = finderIn(panel, "#stored-");
  let asked = 0;

  /** @param {Transparency} stored */
  function show(stored) {
    /** @type {NodeListOf<HTMLElement>} */
    const openOnes = find("places").querySelectorAll("details[open]");
    const isOpen = new Set([...openOnes].map(({ dataset }) => dataset.title));
    const ofTransfers = stored.places.filter((table) => table.of_transfers).map(tableOf);
    const others = stored.places.filter((table) => !table.of_transfers).map(tableOf);
    const tables = [...ofTransfers, ...stored.beside.map(besideOf), ...others];
    for (const shown of tables) shown.open = isOpen.has(shown.dataset.title);
    find("said").textContent = noteOf(stored);
    find("places").replaceChildren(...tables);
    others[0]?.before(newElement("h3", "stored__others", OTHERS));
    showNeverStored(find("never"), stored.not_stored);
    find("never-box").hidden = false;
  }

  async function refresh() {
    if (!panel.open) return;
    const mine = ++asked;
    if (find("never-box").hidden) find("said").textContent = ASKING;
    try {
      const stored = await load();
      if (mine === asked) show(stored);
    } catch {
      if (mine === asked) find("said").textContent = NO_ANSWER;
    }
  }

  panel.addEventListener("toggle", refresh);
  return {
    /** Asks again if the panel is open; else the next opening does. */
    refresh,
  };
}
