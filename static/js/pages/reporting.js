import { encodeB64u } from "../crypto/bytes.js";
import { reportTransfer } from "../transport/api.js";
import { sentenceOf } from "../ui/failure_states.js";
import { createReportDialog } from "../ui/report_dialog.js";

const NOT_SENT = "The report was not sent. Wait a moment, then try again.";

/**
 * Reporting misuse of the transfer on show.
 * @param {Pick<DownloadPage, "id"|"main">} page
 * @param {() => Bytes|null} readSecret
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
      const secret = disclosesKey ? secretOrNull() : null;
      const disclosed = secret ? { disclosed_key: encodeB64u(secret) } : {};
      return reportTransfer(id, { reason, words: words.trim(), contact: contact.trim(), ...disclosed });
    },
  });
}
