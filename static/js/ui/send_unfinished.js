import { byteSize, fileCount } from "./byte_size.js";
import { inputFiles } from "./dropped_files.js";
import { finderIn } from "./elements.js";

/**
 * `storedPercent` is null where the server could not be asked.
 * @typedef {{files: KeptFile[], storedPercent: number|null, needsFiles: boolean, hasHandles: boolean}} OfferedUpload
 */

/** @param {KeptFile[]} files */
function nameText(files) {
  const [{ chosenPath }] = files;
  if (files.length === 1) return chosenPath;
  const root = chosenPath.split("/")[0];
  const isOneFolder = files.every((file) => file.chosenPath.startsWith(`${root}/`));
  return isOneFolder ? `${root}/ (${fileCount(files.length)})` : `${chosenPath} and ${files.length - 1} more`;
}

/** @param {OfferedUpload} upload */
function whatToDo({ needsFiles, hasHandles, files }) {
  if (!needsFiles) return "Nothing needs to be chosen again.";
  if (hasHandles) return "Your browser knows where the files are: it may ask whether this page may read them again, then only what is missing is sent.";
  return `Choose the same ${files.length === 1 ? "file" : "files"} again, and only what is missing is sent.`;
}

/**
 * The offer to go on with an upload that a reload, a crash or a lost connection left unfinished.
 * @param {HTMLElement} section
 * @param {{onContinue: () => void, onChosen: (chosen: {file: File, path: string}[]) => void, onForget: () => void}} events
 */
export function createUnfinishedOffer(section, { onContinue, onChosen, onForget }) {
  const find = finderIn(section);
  const [againFiles, againFolder] = [find("again-files", HTMLInputElement), find("again-folder", HTMLInputElement)];
  const token = find("again-token", HTMLInputElement);

  find("continue").addEventListener("click", onContinue);
  find("forget").addEventListener("click", onForget);
  for (const input of [againFiles, againFolder]) {
    input.addEventListener("change", () => {
      const chosen = inputFiles(input);
      input.value = "";
      if (chosen.length > 0) onChosen(chosen);
    });
  }

  return {
    /**
     * @param {OfferedUpload} upload
     */
    show(upload) {
      const size = byteSize(upload.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
      const stored = upload.storedPercent === null ? "" : ` ${upload.storedPercent} % is stored.`;
      find("unfinished-name").textContent = `Unfinished: ${nameText(upload.files)}`;
      find("unfinished-text").textContent = `${size}.${stored} ${whatToDo(upload)}`;
      section.hidden = false;
    },
    hide: () => (section.hidden = true),
    /** @param {boolean} isShown */
    showTokenField: (isShown) => (find("again-token-field").hidden = !isShown),
    token: () => token.value.trim(),
    focusToken: () => token.focus(),
    /** @param {boolean} wantsFolder */
    openChooser: (wantsFolder) => (wantsFolder ? againFolder : againFiles).click(),
  };
}
