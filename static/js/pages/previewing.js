import { previewOf, textOf } from "../download/preview.js";
import { planReading, readWhole } from "../download/reading.js";
import { SendError } from "../errors.js";
import { startProgress } from "./saving.js";

/**
 * Reading on the page itself: a note, or a preview of one of the files. What is read was fetched and verified
 * under the same lease that later serves the saving.
 * @param {DownloadPage} page
 */
export function createPreviewing({ main, screen, pool, leaseUse, dialog, noteSheet, kept, opened, showFailure }) {
  /** @type {AbortController|null} */
  let stopping = null;

  /** @param {ReturnType<typeof planReading>} reading @param {Connection} connection */
  async function read({ plan }, connection) {
    stopping = new AbortController();
    const { signal } = stopping;
    const lease = leaseUse.lease({ signal, onWait: connection.onWait });
    const bytes = await readWhole({ plan, lease, pool, contentKey: opened().keys.content, signal, ...connection });
    return { bytes, lease };
  }

  async function openNote() {
    const reading = planReading(opened().manifest, 0);
    const connection = startProgress({ main, screen, ...reading });
    screen.show("working");
    try {
      const { bytes, lease } = await read(reading, connection);
      const text = textOf(bytes);
      if (text === null) throw new SendError("damaged", "The note is not text.");
      noteSheet.show(text);
      kept.keep(null, "message.txt", new Blob([bytes], { type: "application/octet-stream" }));
      await leaseUse.saved(lease, 0);
      screen.show("done", { heading: "The note", lede: "It passed its check. This page keeps no copy: copy or save it if you need it later." });
    } catch (/** @type {any} */ error) {
      showFailure(error, { whileSaving: true });
    }
  }

  /** @param {number} fileIndex */
  async function preview(fileIndex) {
    const { path } = opened().manifest.files[fileIndex];
    const reading = planReading(opened().manifest, fileIndex);
    let doneBytes = 0;
    const onPart = (/** @type {PartProgress} */ { phase, sealedBytes = 0 }) => {
      if (phase === "safe") doneBytes += sealedBytes;
      dialog.progress(doneBytes / reading.fetchedBytes);
    };
    dialog.open(path, () => stopping?.abort(new SendError("cancelled", "Closed.")));
    try {
      const { bytes } = await read(reading, { onPart, onWait: () => dialog.waiting() });
      await dialog.show(previewOf(bytes), bytes);
    } catch (/** @type {any} */ error) {
      if (error.code === "cancelled") return;
      dialog.close();
      showFailure(error, { whileSaving: true });
    }
  }

  return { openNote, preview, cancel: () => stopping?.abort(new SendError("cancelled", "Cancelled.")) };
}
