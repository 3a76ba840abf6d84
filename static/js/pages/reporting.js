import { encodeB64u } from "../crypto/bytes.js";
import { reportTransfer } from "../transport/api.js";
import { sentenceOf } from "../ui/failure_states.js";
import { createReportDialog } from "../ui/report_dialog.js";

const NOT_SENT = "The report was not sent. Wait a moment, then try again.";

/**
 * Reporting misuse of the transfer on show.
 * @param {{id: string, main: HTMLElement}} page
 * @param {() => Uint8Array|null} readSecret
 */
export function createReporting({ id, main }, readSecret) {
  function secretOrNull() {
    try {
      return readSecret();
    } catch {
      return null;
    }
  }

  createReportDialog(main, {
    hasKey: () => secretOrNull() !== null,
    sentenceOf: (error) => sentenceOf(error) ?? NOT_SENT,
    send({ reason, words, contact, disclosesKey }) {
      const body = { reason, words: words.trim(), contact: contact.trim() };
      if (disclosesKey) body.disclosed_key = encodeB64u(secretOrNull());
      return reportTransfer(id, body);
    },
  });
}
