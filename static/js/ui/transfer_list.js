import { byteSize, fileCount } from "./byte_size.js";
import { showFiles } from "./file_list.js";
import { momentText } from "./moment_text.js";

function remainingText(remaining) {
  if (remaining === null) return "";
  if (remaining === 0) return " Your download is still open: saving counts nothing more.";
  return ` ${remaining} ${remaining === 1 ? "download" : "downloads"} left.`;
}

/**
 * The received files: names and sizes, a button each where there are several, one for all.
 * @param {HTMLElement} section
 * @param {{onSaveAll: () => void, onSaveOne: (index: number) => void}} events
 */
export function createTransferList(section, { onSaveAll, onSaveOne }) {
  const find = (id) => section.querySelector(`#${id}`);
  let files = [];
  const saved = new Set();

  find("download").addEventListener("click", onSaveAll);

  function actionOf(index, path) {
    const done = saved.has(index);
    return { label: done ? `Save ${path} again` : `Save ${path}`, mark: done ? "Saved" : "Save", onPress: () => onSaveOne(index) };
  }

  function showRows() {
    const rows = files.map(({ path, size }) => ({ path, sizeBytes: size }));
    showFiles(find("file-list"), rows, files.length > 1 ? actionOf : null);
  }

  return {
    show(received) {
      files = received;
      saved.clear();
      const several = files.length > 1;
      const total = byteSize(files.reduce((sum, { size }) => sum + size, 0));
      find("total").textContent = several ? `${total} in ${fileCount(files.length)}` : "Checked part by part before it is saved.";
      find("download").textContent = several ? "Open and save all" : "Open and save";
      showRows();
    },
    /** Heading and sentence of an opened transfer. */
    offer({ expires_at: expiresAt, downloads_remaining: remaining }, count) {
      const opens = count === 1 ? "It opens" : "They open";
      return {
        heading: `Someone sent you ${count === 1 ? "a file" : fileCount(count)}`,
        lede: `${opens} only here, in your browser. Available until ${momentText(expiresAt)}.${remainingText(remaining)}`,
      };
    },
    markSaved(fileIndex) {
      for (const index of fileIndex === null ? files.keys() : [fileIndex]) saved.add(index);
      find("download").textContent = files.length > 1 ? "Save all" : "Save again";
      showRows();
    },
    savedText(name) {
      const left = files.length - saved.size;
      const rest = left > 0 ? ` ${fileCount(left)} of this transfer ${left === 1 ? "is" : "are"} not saved yet.` : "";
      return `Every part passed its check. “${name}” went to your browser's downloads.${rest}`;
    },
  };
}
