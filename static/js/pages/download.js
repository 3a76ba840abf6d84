import { encodeB64u } from "../crypto/bytes.js";
import { readKey } from "../crypto/link.js";
import { lookUp, openTransfer } from "../download/opening.js";
import { hasFilePicker, hasFolderPicker } from "../download/pickers.js";
import { TEXT_BYTES_MAX, mayPreview } from "../download/preview.js";
import { createStagedMemory } from "../download/staged_memory.js";
import { sweepStaging } from "../download/staging.js";
import { forget, recall, remember } from "../download/tab_memory.js";
import { isTransient } from "../transport/retry.js";
import { downloadMessages } from "../ui/download_messages.js";
import { elementOf, finderIn } from "../ui/elements.js";
import { messageOf, stateOf } from "../ui/failure_states.js";
import { takeFragment } from "../ui/fragment.js";
import { startBrowserDownload } from "../ui/browser_download.js";
import { createNoteSheet } from "../ui/note_sheet.js";
import { createPassphraseField } from "../ui/passphrase_field.js";
import { createPreviewDialog } from "../ui/preview_dialog.js";
import { createScreen } from "../ui/screen.js";
import { createTransferList } from "../ui/transfer_list.js";
import { requireCapabilities } from "../worker/capabilities.js";
import { createCryptoPool } from "../worker/crypto_pool.js";
import { createKeptFiles } from "./kept_files.js";
import { createLeaseUse } from "./lease_use.js";
import { createPreviewing } from "./previewing.js";
import { createReporting } from "./reporting.js";
import { createSavingFlow } from "./saving.js";
import { createStoredReading } from "./stored_reading.js";

const SECRET = "secret";
const NOT_LOOKED_UP = "The server did not answer as it should. Wait a moment, then try again.";
let fragment = takeFragment();

const { cryptoWorker = "", sinkWorker = "" } = document.documentElement.dataset;
const id = location.pathname.split("/")[2];
const main = elementOf(document, "main", HTMLElement);
const find = finderIn(main);
const screen = createScreen(main, downloadMessages);
const onMain = () => (readsHere() ? showNote() : saveFiles(null));
const onPick = (/** @type {SaveHow} */ how) => saveFiles(null, how);
const list = createTransferList(find("files"), { onMain, onPick, onSaveOne: saveFiles, onPreview });
const noteSheet = createNoteSheet(find("note"));
const passphraseInput = createPassphraseField(find("passphrase-field"));
const pool = createCryptoPool(cryptoWorker);
/** @type {Awaited<ReturnType<typeof lookUp>>} */
let found;
/** @type {OpenedTransfer} */
let opened;
/** @type {() => void} */
let tryAgain = start;

const memory = createStagedMemory(id);
const base = { id, main, screen, list, pool, noteSheet, memory, sinkWorkerUrl: sinkWorker, showFailure, opened: () => opened };
/** @type {DownloadPage} */
const page = {
  ...base,
  kept: createKeptFiles(startBrowserDownload),
  leaseUse: createLeaseUse(base),
  dialog: createPreviewDialog(find("look", HTMLDialogElement)),
};
const saving = createSavingFlow(page);
const previewing = createPreviewing(page);
createStoredReading(page);
createReporting(page, readSecret);

/** @param {Failure} error @param {{whileSaving?: boolean}} [context] */
function showFailure(error, { whileSaving = false } = {}) {
  const gone = whileSaving && error.code === "transfer_not_found";
  const state = gone ? "deleted" : stateOf(error);
  const shown = state in downloadMessages ? state : "failed";
  const unsaid = shown === "failed" && !opened ? { problem: NOT_LOOKED_UP } : {};
  if (state === "wrong-key") forget(SECRET, id);
  screen.show(shown, { ...unsaid, ...messageOf(error) });
  find("files").hidden ||= !opened;
}

function readSecret() {
  if (fragment) {
    const secret = readKey(fragment);
    remember(SECRET, id, encodeB64u(secret));
    return secret;
  }
  const remembered = recall(SECRET, id);
  return remembered ? readKey(remembered) : null;
}

async function start() {
  tryAgain = start;
  try {
    requireCapabilities();
    found = await lookUp(id);
    const secret = readSecret();
    if (!secret) screen.show("no-key", { code: "no_key" });
    else await proceed(secret);
  } catch (/** @type {any} */ error) {
    if (!isTransient(error)) memory.drop();
    showFailure(error);
  }
}

function readsHere() {
  const { kind, files } = opened.manifest;
  return kind === "text" && files[0].size <= TEXT_BYTES_MAX;
}

/** @param {Bytes} secret @param {string} [passphrase] */
async function proceed(secret, passphrase = "") {
  if (found.needsPassphrase && !passphrase) return screen.show("needs-passphrase");
  tryAgain = () => unlock(() => proceed(secret, passphrase));
  opened = await openTransfer({ id, info: found.info, secret, passphrase, pool });
  passphraseInput.value = "";
  noteSheet.hide();
  const files = opened.manifest.files.map(({ path, size }) => ({ path, size, isPreviewable: mayPreview({ path, size }) }));
  const isNote = opened.manifest.kind === "text";
  list.show({ files, isNote, readsHere: readsHere(), canPickFile: hasFilePicker(), canPickFolder: hasFolderPicker() });
  find("pausing").hidden = readsHere();
  screen.show("ready", list.offer(found.info, { isPartlyHere: memory.hasEarlier() }));
}

/** @param {() => Promise<void>|void} task */
async function unlock(task) {
  const button = find("unlock", HTMLButtonElement);
  button.disabled = true;
  try {
    await task();
  } catch (/** @type {any} */ error) {
    showFailure(error);
  } finally {
    button.disabled = false;
  }
}

/**
 * @param {number|null} fileIndex null: everything
 * @param {SaveHow} [how]
 */
function saveFiles(fileIndex, how = "download") {
  tryAgain = () => saving.retry(fileIndex, how);
  return saving.save(fileIndex, how);
}

async function showNote() {
  tryAgain = showNote;
  await previewing.openNote();
  find("files").hidden ||= main.dataset.state === "done";
}

/** @param {number} fileIndex */
function onPreview(fileIndex) {
  tryAgain = () => onPreview(fileIndex);
  return previewing.preview(fileIndex);
}

find("unlock-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const keyInput = find("key", HTMLInputElement);
  const asksForKey = ["no-key", "wrong-key"].includes(screen.state());
  if (!(asksForKey ? keyInput : passphraseInput).reportValidity()) return;
  unlock(() => {
    if (asksForKey) fragment = keyInput.value;
    const secret = readSecret();
    if (secret) return proceed(secret, asksForKey ? "" : passphraseInput.value);
  });
});
find("pause").addEventListener("click", saving.pause);
find("continue").addEventListener("click", saving.goOn);
find("cancel").addEventListener("click", () => (readsHere() ? previewing.cancel() : saving.cancel()));
find("save-note").addEventListener("click", () => saveFiles(null));
find("again").addEventListener("click", () => tryAgain());
addEventListener("hashchange", () => {
  if (saving.isBusy()) return takeFragment();
  fragment = takeFragment() || fragment;
  start();
});
memory.claim().then(start).then(sweepStaging);
