import { byteSize } from "./byte_size.js";
import { elementOf } from "./elements.js";
import { momentText } from "./moment_text.js";
import { showFacts } from "./stored_facts.js";

/** @type {Record<string, string>} */
const REASONS = {
  owner: "you asked for it",
  expired: "its time was over",
  exhausted: "it allowed no more downloads",
  abandoned: "the upload was given up",
  operator: "the operator of this server removed it",
  taken_down: "the operator of this server took it down",
};

/** @type {Record<string, string>} */
const TRACES = { object: "the sealed bytes", versions: "any version of them" };

/**
 * The receipt of a deletion, or none.
 * @param {HTMLElement} section
 * @param {Receipt|null} receipt
 */
export function showReceipt(section, receipt) {
  section.hidden = receipt === null;
  if (receipt === null) return;
  showFacts(elementOf(section, ".facts", HTMLElement), [
    { label: "Deleted", value: momentText(receipt.deleted_at) },
    { label: "Because", value: REASONS[receipt.reason] ?? receipt.reason },
    { label: "Sealed bytes removed", value: receipt.payload_bytes === null ? "none" : byteSize(receipt.payload_bytes) },
    { label: "Looked for in the store, not found", value: receipt.verified.map((trace) => TRACES[trace] ?? trace).join(", ") },
  ]);
}
