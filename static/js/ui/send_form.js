import { byteSize, fileCount } from "./byte_size.js";
import { droppedFiles } from "./dropped_files.js";
import { showFiles } from "./file_list.js";
import { spanText } from "./moment_text.js";
import { createPassphraseField } from "./passphrase_field.js";

const NO_LIMIT = "none";

function setOptions(select, choices, chosen) {
  const options = choices.map(([value, text]) => new Option(text, value, value === chosen, value === chosen));
  select.replaceChildren(...options);
}

function downloadsText(count) {
  return count === 1 ? "once" : `${count} times at most`;
}

function watchDrops(form, addFiles) {
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
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    drop.classList.remove("drop--over");
    if (allowed(event)) addFiles(await droppedFiles(event.dataTransfer));
  });
}

/**
 * The form: which files, and with which limits.
 * @param {HTMLFormElement} form
 * @param {{onChange: (count: number) => void, onSend: () => void}} events
 */
export function createSendForm(form, { onChange, onSend }) {
  const find = (id) => form.querySelector(`#${id}`);
  const passphrase = createPassphraseField(find("passphrase-field"));
  let chosen = [];

  const totalBytes = () => chosen.reduce((sum, { file }) => sum + file.size, 0);

  function show() {
    const files = chosen.map(({ file, path }) => ({ path, sizeBytes: file.size }));
    showFiles(find("file-list"), files, (index, path) => ({ label: `Remove ${path}`, mark: "×", onPress: () => remove(index) }));
    find("total").textContent = `${byteSize(totalBytes())} in ${fileCount(chosen.length)}`;
    find("file-label").textContent = chosen.length > 0 ? "Add more files" : "Choose files";
    find("drop").classList.toggle("drop--small", chosen.length > 0);
    onChange(chosen.length);
  }

  function remove(index) {
    chosen.splice(index, 1);
    show();
    const buttons = find("file-list").querySelectorAll("button");
    (buttons[Math.min(index, buttons.length - 1)] ?? find("file-input")).focus();
  }

  function add(files) {
    if (files.length === 0) return;
    chosen = [...chosen, ...files];
    show();
  }

  function takeFromInput() {
    const input = find("file-input");
    add([...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name })));
    input.value = "";
  }

  find("file-input").addEventListener("change", takeFromInput);
  watchDrops(form, add);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    onSend();
  });

  return {
    totalBytes,
    /** Files that were chosen while the page's scripts were still on their way. */
    takeEarlyChoice: takeFromInput,
    chosen: () => chosen,
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
      find("limit").textContent = `Up to ${byteSize(config.max_transfer_bytes)}, ${terms}`;
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
        keyApart: form.elements.delivery.value === "apart",
      };
    },
    clearPassphrase: () => (passphrase.value = ""),
    clear() {
      chosen = [];
      show();
    },
  };
}
