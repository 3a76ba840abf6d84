import { byteSize } from "./byte_size.js";
import { momentText } from "./moment_text.js";
import { showFacts } from "./stored_facts.js";

const STATE_TEXT = {
  pending: "pending: the upload is not finished",
  completing: "completing: the upload is being checked",
  completed: "completed: ready to download",
  expired: "expired: no new downloads",
  exhausted: "exhausted: all downloads are used up",
  deleting: "deleting: the store has not answered yet",
  deleted: "deleted",
};

function downloadsText({ download_count: count, max_downloads: allowed }) {
  return allowed === null ? `${count}, without a limit` : `${count} of ${allowed}`;
}

function factsOf(status) {
  return [
    { label: "Sent", value: momentText(status.completed_at ?? status.created_at) },
    { label: "Expires", value: momentText(status.expires_at) },
    { label: "Downloads", value: downloadsText(status) },
    { label: "Sealed bytes", value: byteSize(status.payload_bytes ?? status.file_size_bytes) },
  ];
}

/** @param {HTMLElement} main @param {object} status as `GET /transfers/manage/{id}` gives it */
export function showStatus(main, status) {
  const state = main.querySelector("#state");
  state.textContent = STATE_TEXT[status.state] ?? status.state;
  state.dataset.state = status.state;
  const isOver = ["deleting", "deleted"].includes(status.state);
  showFacts(main.querySelector("#facts"), isOver ? [] : factsOf(status));
}
