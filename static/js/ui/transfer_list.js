import { byteSize, fileCount } from "./byte_size.js";
import { createDownloadRows } from "./download_rows.js";
import { finderIn } from "./elements.js";
import { momentText } from "./moment_text.js";

const PARTLY_HERE = "What was fetched before the page was reloaded is still here: saving goes on from there.";

/** @param {number|null} remaining */
function remainingText(remaining) {
  if (remaining === null) return "";
  if (remaining === 0) return " Your download is still open: saving counts nothing more.";
  return ` ${remaining} ${remaining === 1 ? "download" : "downloads"} left.`;
}

/** @param {{isNote: boolean, count: number}} content */
function headingOf({ isNote, count }) {
  if (isNote) return "Someone sent you a note";
  return `Someone sent you ${count === 1 ? "a file" : fileCount(count)}`;
}

/**
 * What was received: names and sizes with their own controls, and one action for all of it.
 * @param {HTMLElement} section
 * @param {{onMain: () => void, onSaveOne: (index: number) => void, onPreview: (index: number) => void,
 *          onPick: (how: SaveHow) => void}} events
 */
export function createTransferList(section, { onMain, onSaveOne, onPreview, onPick }) {
  const find = finderIn(section);
  /** @type {ReceivedFile[]} */
  let files = [];
  /** @type {ReturnType<typeof createDownloadRows>} */
  let rows = createDownloadRows(find("file-list"), { files, onSave: onSaveOne, onPreview });
  let isNote = false;

  find("download").addEventListener("click", onMain);
  find("save-as").addEventListener("click", () => onPick("file"));
  find("save-folder").addEventListener("click", () => onPick("folder"));

  /** @param {boolean} readsHere */
  function showNote(readsHere) {
    find("total").textContent = readsHere ? "Checked before it is shown." : "This note is long: it is saved as a text file.";
    find("download").textContent = readsHere ? "Open the note" : "Open and save";
  }

  function showFiles() {
    const several = files.length > 1;
    const total = byteSize(files.reduce((sum, { size }) => sum + size, 0));
    find("total").textContent = several ? `${total} in ${fileCount(files.length)}` : "Checked part by part before it is saved.";
    find("download").textContent = several ? "Open and save all" : "Open and save";
  }

  return {
    /**
     * @param {{files: ReceivedFile[], isNote: boolean, readsHere: boolean, canPickFile: boolean, canPickFolder: boolean}} received
     */
    show(received) {
      ({ files, isNote } = received);
      rows = createDownloadRows(find("file-list"), { files: isNote ? [] : files, onSave: onSaveOne, onPreview });
      find("file-list").hidden = isNote;
      find("save-as").hidden = !received.canPickFile || received.readsHere;
      find("save-as").textContent = files.length > 1 ? "Save as zip…" : "Save as…";
      find("save-folder").hidden = !received.canPickFolder || files.length === 1;
      find("pickers").hidden = find("save-as").hidden && find("save-folder").hidden;
      if (isNote) showNote(received.readsHere);
      else showFiles();
    },
    /**
     * Heading and sentence of an opened transfer.
     * @param {TransferInfo} info
     * @param {{isPartlyHere: boolean}} context `isPartlyHere`: after a reload in the midst of saving
     */
    offer({ expires_at: expiresAt, downloads_remaining: remaining }, { isPartlyHere }) {
      const opens = files.length === 1 ? "It opens" : "They open";
      const kept = isPartlyHere ? ` ${PARTLY_HERE}` : "";
      return {
        heading: headingOf({ isNote, count: files.length }),
        lede: `${opens} only here, in your browser. Available until ${momentText(expiresAt)}.${remainingText(remaining)}${kept}`,
      };
    },
    /** @param {number|null} fileIndex null: everything */
    markSaved(fileIndex) {
      rows.markSaved(fileIndex === null ? files.keys() : [fileIndex]);
      find("download").textContent = files.length > 1 ? "Save all" : "Save again";
    },
    /** @param {{how: SaveHow, name: string}} saved */
    savedText({ how, name }) {
      const left = files.length - rows.savedCount();
      const rest = left > 0 ? ` ${fileCount(left)} of this transfer ${left === 1 ? "is" : "are"} not saved yet.` : "";
      const where = {
        download: `“${name}” went to your browser's downloads.`,
        file: `“${name}” is where you wanted it.`,
        folder: `${fileCount(files.length)} are in the folder “${name}”.`,
      };
      return `Every part passed its check. ${where[how]}${rest}`;
    },
  };
}
