import { SendError } from "../errors.js";

export const hasFilePicker = () => typeof globalThis.showSaveFilePicker === "function";
export const hasFolderPicker = () => typeof globalThis.showDirectoryPicker === "function";

/** @template T @param {() => Promise<T>} ask @returns {Promise<T|null>} */
async function picked(ask) {
  try {
    return await ask();
  } catch (/** @type {any} */ error) {
    if (error.name === "AbortError") return null;
    throw new SendError("picker_failed", `The browser did not open its dialog: ${error.name}.`);
  }
}

/**
 * @param {string} suggestedName
 * @returns {Promise<FileSystemFileHandle|null>} null when nothing was picked
 */
export const pickFile = (suggestedName) => picked(() => showSaveFilePicker({ suggestedName, id: "sgraph-send" }));

/** @returns {Promise<FileSystemDirectoryHandle|null>} null when nothing was picked */
export const pickFolder = () => picked(() => showDirectoryPicker({ mode: "readwrite", id: "sgraph-send" }));
