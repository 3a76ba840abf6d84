import { byteSize } from "./byte_size.js";
import { momentText } from "./moment_text.js";
import { showFacts } from "./stored_facts.js";

const STATE_TEXT = {
  pending: "pending: the upload is not finished",
  completing: "completing: the upload is being checked",
  completed: "completed: ready to download",
  expired: "expired: no new downloads",
  exhausted: "exhausted: all downloads are used up",
};

function factsOf(status) {
  const { download_count: count, max_downloads: allowed } = status;
  return [
    { label: "Sent", value: momentText(status.completed_at ?? status.created_at) },
    { label: "Expires", value: momentText(status.expires_at) },
    { label: "Downloads", value: allowed === null ? `${count}, without a limit` : `${count} of ${allowed}` },
    { label: "Sealed bytes", value: byteSize(status.payload_bytes ?? status.file_size_bytes) },
  ];
}

function outcomeText({ finished_at: finishedAt, live }) {
  if (finishedAt) return `finished ${momentText(finishedAt)}`;
  return live ? "under way" : "not finished";
}

function downloadRow(download) {
  const row = document.createElement("li");
  const started = document.createElement("span");
  const outcome = document.createElement("span");
  row.className = "row row--event";
  started.className = "row__name";
  outcome.className = "row__size";
  started.textContent = `Started ${momentText(download.started_at)}`;
  outcome.textContent = outcomeText(download);
  row.append(started, outcome);
  return row;
}

/** @param {HTMLElement} main @param {object} status as `GET /transfers/manage/{id}` gives it */
export function showStatus(main, status) {
  const state = main.querySelector("#state");
  state.textContent = STATE_TEXT[status.state] ?? status.state;
  state.dataset.state = status.state;
  showFacts(main.querySelector("#facts"), factsOf(status));
  main.querySelector("#downloads").replaceChildren(...status.downloads.map(downloadRow));
  main.querySelector("#no-downloads").hidden = status.downloads.length > 0;
}
