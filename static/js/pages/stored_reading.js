import { rememberedLeaseToken } from "../download/lease.js";
import { readStored, readStoredShape } from "../transport/api.js";
import { elementOf } from "../ui/elements.js";
import { createStoredPanel } from "../ui/stored_panel.js";

const OVER = new Set(["transfer_exhausted", "transfer_expired", "transfer_not_found", "transfer_taken_down"]);
const OVER_NOTE = "This transfer is over, so what follows says only what may be stored of any.";
const ASKED_IN = new Set(["ready", "done"]);

/**
 * What the server stores, read anew when a download came to its end. The lease's token is kept here past that
 * end: with it the server still tells what it holds of this download.
 * @param {Pick<DownloadPage, "id"|"main">} page
 */
export function createStoredReading({ id, main }) {
  let leaseToken = rememberedLeaseToken(id);

  async function read() {
    try {
      return await readStored(id, { leaseToken: leaseToken ?? undefined });
    } catch (/** @type {any} */ error) {
      if (!OVER.has(error.code)) throw error;
      return { ...(await readStoredShape()), note: OVER_NOTE };
    }
  }

  const panel = createStoredPanel(elementOf(main, "#stored-panel", HTMLDetailsElement), read);
  const watcher = new MutationObserver(() => {
    leaseToken = rememberedLeaseToken(id) ?? leaseToken;
    if (ASKED_IN.has(main.dataset.state ?? "")) panel.refresh();
  });
  watcher.observe(main, { attributes: true, attributeFilter: ["data-state"] });
}
