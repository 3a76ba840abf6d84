import { byteLimit, byteSize, fileCount } from "./byte_size.js";
import { droppedFiles, inputFiles, leftOutText } from "./dropped_files.js";
import { showFiles } from "./file_list.js";
import { spanText } from "./moment_text.js";
import { createNoteField } from "./send_note.js";
import { createPassphraseField } from "./passphrase_field.js";

const NO_LIMIT = "none";

function setOptions(select, choices, chosen) {
  const options = choices.map(([value, text]) => new Option(text, value, value === chosen, value === chosen));
  select.replaceChildren(...options);
}

function downloadsText(count) {
  return count === 1 ? "once" : `${count} times at most`;
}

function watchDrops(form, onDrop) {
  const drop = form.querySelector("#drop");
  const allowed = (event) => !form.hidden && [...event.dataTransfer.types].includes("Files");
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    event.dataTransfer.dropEffect = allowed(event) ? "copy" : "none";
    drop.classList.toggle("drop--over", allowed(event));
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) drop.classList.remove("drop--over");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("drop--over");
    if (allowed(event)) onDrop(event.dataTransfer);
  });
}

/**
 * The form: which files, and with which limits.
 * @param {HTMLFormElement} form
 * @param {{onChange: (content: {count: number, withNote: boolean}) => void, onSend: () => void,
 *          readerPaths: (paths: string[]) => string[]}} how `readerPaths`: under which names the reader gets them
 */
export function createSendForm(form, { onChange, onSend, readerPaths }) {
  const find = (id) => form.querySelector(`#${id}`);
  const passphrase = createPassphraseField(find("passphrase-field"));
  const note = createNoteField(find("note"), find("write-note"), { onChange: show });
  let chosen = [];

  const totalBytes = () => (note.isOpen() ? note.sizeBytes() : chosen.reduce((sum, { file }) => sum + file.size, 0));
  const say = (sentence) => (find("left-out").textContent = sentence);

  function show() {
    const paths = readerPaths(chosen.map(({ path }) => path));
    const files = chosen.map(({ file }, at) => ({ path: paths[at], sizeBytes: file.size }));
    showFiles(find("file-list"), files, (index, path) => ({ label: `Remove ${path}`, mark: "×", onPress: () => remove(index) }));
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

  function remove(index) {
    chosen.splice(index, 1);
    show();
    const buttons = find("file-list").querySelectorAll("button");
    (buttons[Math.min(index, buttons.length - 1)] ?? find("file-input")).focus();
  }

  function add(files) {
    if (files.length === 0) return;
    chosen = chosen.concat(files);
    note.clear();
    show();
  }

  async function addDropped(dropped) {
    const found = await droppedFiles(dropped, (count) => say(`Looking through the folder: ${fileCount(count)} so far.`));
    say(leftOutText(found));
    add(found.files);
  }

  function takeFrom(input) {
    const files = inputFiles(input);
    say(files.length === 0 && input.webkitdirectory ? leftOutText({ emptyFolders: 1 }) : "");
    add(files);
    input.value = "";
  }

  find("folder-way").hidden = !("webkitdirectory" in find("folder-input"));
  for (const id of ["file-input", "folder-input"]) find(id).addEventListener("change", () => takeFrom(find(id)));
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
      for (const id of ["file-input", "folder-input"]) if (find(id).files.length > 0) takeFrom(find(id));
    },
    chosen: () => chosen,
    /** The note, or null when it is files that are to be sent. */
    note: () => (note.isOpen() ? note.text() : null),
    focusToken: () => find("token-input").focus(),
    setConfig(config) {
      const expiry = config.expiry_options_seconds.map((seconds) => [String(seconds), `in ${spanText(seconds)}`]);
      setOptions(find("expires-select"), expiry, String(config.default_expiry_seconds));
      const downloads = config.max_downloads_options.map((count) => [String(count), downloadsText(count)]);
      const chosenDownloads = String(config.default_max_downloads ?? NO_LIMIT);
      setOptions(find("downloads-select"), [...downloads, [NO_LIMIT, "without a limit"]], chosenDownloads);
      const takesToken = config.upload_access === "token";
      find("token-field").hidden = !takesToken;
      const terms = takesToken ? "with an access token" : "no account";
      find("limit").textContent = `Up to ${byteLimit(config.max_transfer_bytes)}, ${terms}`;
    },
    /** The wishes as the server takes them; what is secret stays apart from them. */
    read() {
      const downloads = find("downloads-select").value;
      return {
        limits: {
          expires_in_seconds: Number(find("expires-select").value),
          max_downloads: downloads === NO_LIMIT ? null : Number(downloads),
        },
        passphrase: passphrase.value,
        accessToken: find("token-field").hidden ? undefined : find("token-input").value.trim() || undefined,
        hideSize: find("hide-size").checked,
        keyApart: form.elements.delivery.value === "apart",
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
