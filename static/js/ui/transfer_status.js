import { byteSize } from "./byte_size.js";
import { finderIn } from "./elements.js";
import { momentText } from "./moment_text.js";
import { showFacts } from "./stored_facts.js";

/** @type {Record<string, string>} */
const STATE_TEXT = {
  pending: "The upload is not finished",
  completing: "The upload is being checked",
  completed: "Ready to download",
  expired: "Expired: no new downloads",
  exhausted: "Used up: no new downloads",
  deleting: "Being deleted: the store has not answered yet",
  deleted: "Deleted",
};

/**
 * Whether the sender stopped new downloads; the row itself looks like that of a used up transfer.
 * @param {TransferStatus} status
 */
export const isStopped = ({ state, events }) => state === "exhausted" && events.some(({ kind }) => kind === "revoked");

/** @param {TransferStatus} status */
const stateText = (status) =>
  isStopped(status) ? "Stopped by you: no new downloads" : (STATE_TEXT[status.state] ?? status.state);

/** @param {TransferStatus} status */
function downloadsText(status) {
  const { download_count: count, max_downloads: allowed } = status;
  if (isStopped(status)) return String(count);
  return allowed === null ? `${count}, without a limit` : `${count} of ${allowed}`;
}

/** @param {TransferStatus} status */
function factsOf(status) {
  return [
    { label: status.completed_at ? "Sent" : "Begun", value: momentText(status.completed_at ?? status.created_at) },
    { label: status.state === "expired" ? "Expired" : "Expires", value: momentText(status.expires_at) },
    { label: "Downloads", value: downloadsText(status) },
    { label: "Sealed bytes", value: byteSize(status.payload_bytes ?? status.file_size_bytes) },
  ];
}

/**
 * @param {HTMLElement} main
 * @param {TransferStatus} status as `GET /transfers/manage/{id}` gives it
 */
export function showStatus(main, status) {
  const find = finderIn(main);
  const state = find("state");
  state.textContent = stateText(status);
  state.dataset.state = status.state;
  const isOver = ["deleting", "deleted"].includes(status.state);
  showFacts(find("facts"), isOver ? [] : factsOf(status));
}
