import { byteLimit, byteSize, fileCount } from "./byte_size.js";
import { droppedFiles, inputFiles, leftOutText } from "./dropped_files.js";
import { elementOf, finderIn, newElement, newRowButton, setOptions } from "./elements.js";
import { nameAndSize, showLongList } from "./long_list.js";
import { spanText } from "./moment_text.js";
import { createNoteField } from "./send_note.js";
import { createPassphraseField } from "./passphrase_field.js";

const NO_LIMIT = "none";

/** @param {number} count */
const downloadsText = (count) => count === 1 ? "once" : `${count} times at most`;

/** @param {HTMLElement} form @param {(dropped: DataTransfer) => void} onDrop */
function watchDrops(form, onDrop) {
  const drop = elementOf(form, "#drop", HTMLElement);
  const droppable = (/** @type {DragEvent} */ { dataTransfer }) => (!form.hidden && dataTransfer?.types.includes("Files") ? dataTransfer : null);
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = droppable(event) ? "copy" : "none";
    drop.classList.toggle("drop--over", droppable(event) !== null);
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) drop.classList.remove("drop--over");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("drop--over");
    const dropped = droppable(event);
    if (dropped) onDrop(dropped);
  });
}

/**
 * The form: which files, and with which limits.
 * @param {HTMLFormElement} form
 * @param {{onChange: (content: {count: number, withNote: boolean}) => void, onSend: () => void,
 *          readerPaths: (paths: string[]) => string[]}} how `readerPaths`: under which names the reader gets them
 */
export function createSendForm(form, { onChange, onSend, readerPaths }) {
  const find = finderIn(form);
  const inputs = [find("file-input", HTMLInputElement), find("folder-input", HTMLInputElement)];
  const expires = find("expires-select", HTMLSelectElement);
  const downloads = find("downloads-select", HTMLSelectElement);
  const passphrase = createPassphraseField(find("passphrase-field"));
  const note = createNoteField(find("note"), find("write-note"), { onChange: show });
  /** @type {ChosenFile[]} */
  let chosen = [];

  const totalBytes = () => (note.isOpen() ? note.sizeBytes() : chosen.reduce((sum, { file }) => sum + file.size, 0));
  /** @param {string} sentence */
  const say = (sentence) => (find("left-out").textContent = sentence);

  function show() {
    const paths = readerPaths(chosen.map(({ path }) => path));
    showLongList(find("file-list"), chosen, ({ file }, index) => {
      const button = newRowButton({ label: `Remove ${paths[index]}`, mark: "×", onPress: () => remove(index) });
      return newElement("li", "row", ...nameAndSize(paths[index], file.size), button);
    });
    find("file-list").hidden = note.isOpen();
    find("total").textContent = `${byteSize(totalBytes())} in ${note.isOpen() ? "a note" : fileCount(chosen.length)}`;
    find("file-label").textContent = chosen.length > 0 ? "Add more files" : "Choose files";
    find("folder-label").textContent = chosen.length > 0 ? "Add a folder" : "Choose a folder";
    find("drop").classList.toggle("drop--small", chosen.length > 0);
    find("drop").hidden = note.isOpen();
    find("choice").hidden = chosen.length === 0 && !note.isOpen();
    find("write-note").hidden = find("note").hidden = chosen.length > 0;
    onChange({ count: chosen.length, withNote: note.isOpen() && note.text() !== "" });
  }

  /** @param {number} index */
  function remove(index) {
    chosen.splice(index, 1);
    show();
    const buttons = find("file-list").querySelectorAll("button");
    (buttons[Math.min(index, buttons.length - 1)] ?? inputs[0]).focus();
  }

  /** @param {ChosenFile[]} files */
  function add(files) {
    if (files.length === 0) return;
    chosen = chosen.concat(files);
    note.clear();
    show();
  }

  /** @param {DataTransfer} dropped */
  async function addDropped(dropped) {
    const found = await droppedFiles(dropped, (count) => say(`Looking through the folder: ${fileCount(count)} so far.`));
    say(leftOutText(found));
    add(found.files);
  }

  /** @param {HTMLInputElement} input */
  function takeFrom(input) {
    const files = inputFiles(input);
    say(files.length === 0 && input.webkitdirectory ? leftOutText({ emptyFolders: 1 }) : "");
    add(files);
    input.value = "";
  }

  find("folder-way").hidden = !("webkitdirectory" in inputs[1]);
  for (const input of inputs) input.addEventListener("change", () => takeFrom(input));
  watchDrops(form, addDropped);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    onSend();
  });

  return {
    totalBytes,
    /** What was chosen or written while the page's scripts were still on their way. */
    takeEarlyChoice() {
      if (note.text() !== "") note.open();
      for (const input of inputs) if (input.files?.length) takeFrom(input);
    },
    chosen: () => chosen,
    /** The note, or null when it is files that are to be sent. */
    note: () => (note.isOpen() ? note.text() : null),
    focusToken: () => find("token-input").focus(),
    /** @param {Config} config */
    setConfig(config) {
      setOptions(expires, config.expiry_options_seconds.map((seconds) => [String(seconds), `in ${spanText(seconds)}`]), String(config.default_expiry_seconds));
      /** @type {[string, string][]} */
      const limits = config.max_downloads_options.map((count) => [String(count), downloadsText(count)]);
      setOptions(downloads, [...limits, [NO_LIMIT, "without a limit"]], String(config.default_max_downloads ?? NO_LIMIT));
      const takesToken = config.upload_access === "token";
      find("token-field").hidden = !takesToken;
      const terms = takesToken ? "with an access token" : "no account";
      find("limit").textContent = `Up to ${byteLimit(config.max_transfer_bytes)}, ${terms}`;
    },
    /** What was chosen, as the server takes it; what is secret stays apart from that. */
    read() {
      return {
        limits: {
          expires_in_seconds: Number(expires.value),
          max_downloads: downloads.value === NO_LIMIT ? null : Number(downloads.value),
        },
        passphrase: passphrase.value,
        accessToken: find("token-field").hidden ? undefined : find("token-input", HTMLInputElement).value.trim() || undefined,
        hideSize: find("hide-size", HTMLInputElement).checked,
        keyApart: new FormData(form).get("delivery") === "apart",
      };
    },
    clearPassphrase: () => (passphrase.value = ""),
    clear() {
      chosen = [];
      say("");
      note.clear();
      show();
    },
  };
}
