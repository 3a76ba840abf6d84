import { momentText } from "./moment_text.js";

const WORDS = {
  completed: "Sealed and ready",
  download_started: "Download started",
  download_finished: "Download finished",
  expiry_changed: "Expiry changed",
  limit_changed: "Limit changed",
  revoked: "New downloads stopped",
  deletion_asked: "Deletion asked for",
};

function span(className, text) {
  const made = document.createElement("span");
  made.className = className;
  made.textContent = text;
  return made;
}

function visitorText(visitor, isAgain) {
  return `visitor ${visitor}${isAgain ? ", again" : ""}`;
}

function eventRow({ kind, at, visitor }, { isAgain, isLive }) {
  const row = document.createElement("li");
  row.className = "row row--event";
  row.dataset.kind = kind;
  const name = span("row__name", WORDS[kind] ?? kind);
  if (visitor) name.append(" ", span("visitor", visitorText(visitor, isAgain)));
  if (isLive) name.append(" ", span("under-way", "under way"));
  row.append(name, span("row__size", momentText(at)));
  return row;
}

/**
 * The events, the latest first. The same visitor's name is the same address on that day.
 * @param {HTMLElement} section
 * @param {{events: object[], downloads: object[]}} status as `GET /transfers/manage/{id}` gives it
 */
export function showEvents(section, { events, downloads }) {
  const live = new Set(downloads.filter((download) => download.live).map((download) => download.started_at));
  const seen = new Set();
  const rows = events.map((event) => {
    const isAgain = seen.has(event.visitor);
    if (event.visitor) seen.add(event.visitor);
    return eventRow(event, { isAgain, isLive: event.kind === "download_started" && live.has(event.at) });
  });
  section.querySelector("#events").replaceChildren(...rows.reverse());
  section.querySelector("#no-downloads").hidden = downloads.length > 0;
  section.querySelector("#visitors-said").hidden = seen.size === 0;
}
