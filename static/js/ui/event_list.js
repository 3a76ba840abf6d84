import { finderIn, newElement } from "./elements.js";
import { momentText } from "./moment_text.js";

/** @type {Record<string, string>} */
const EVENT_TEXT = {
  completed: "Sealed and ready",
  download_started: "Download started",
  download_finished: "Download finished",
  expiry_changed: "Expiry changed",
  limit_changed: "Limit changed",
  revoked: "New downloads stopped",
  deletion_asked: "Deletion asked for",
};

/** @param {string} visitor @param {boolean} isAgain */
const visitorText = (visitor, isAgain) => `visitor ${visitor}${isAgain ? ", again" : ""}`;

/** @param {TransferEvent} event @param {{isAgain: boolean, isLive: boolean}} how */
function eventRow({ kind, at, visitor }, { isAgain, isLive }) {
  const row = newElement("li", "row row--event");
  row.dataset.kind = kind;
  const name = newElement("span", "row__name", EVENT_TEXT[kind] ?? kind);
  if (visitor) name.append(" ", newElement("span", "visitor", visitorText(visitor, isAgain)));
  if (isLive) name.append(" ", newElement("span", "under-way", "under way"));
  row.append(name, newElement("span", "row__size", momentText(at)));
  return row;
}

/**
 * The events, the latest first. The same visitor's name is the same address on that day.
 * @param {HTMLElement} section
 * @param {TransferStatus} status as `GET /transfers/manage/{id}` gives it
 */
export function showEvents(section, { events, downloads }) {
  const find = finderIn(section);
  const live = new Set(downloads.filter((download) => download.live).map((download) => download.started_at));
  const seen = new Set();
  const rows = events.map((event) => {
    const isAgain = seen.has(event.visitor);
    if (event.visitor) seen.add(event.visitor);
    return eventRow(event, { isAgain, isLive: event.kind === "download_started" && live.has(event.at) });
  });
  find("events").replaceChildren(...rows.reverse());
  find("no-downloads").hidden = downloads.length > 0;
  find("visitors-said").hidden = seen.size === 0;
}
