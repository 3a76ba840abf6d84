import { encodeB64u } from "../crypto/bytes.js";
import { readKey } from "../crypto/link.js";
import { createLease } from "../download/lease.js";
import { lookUp, openTransfer } from "../download/opening.js";
import { planSave, save } from "../download/saver.js";
import { sweepStaging } from "../download/staging.js";
import { forget, recall, remember } from "../download/tab_memory.js";
import { SendError } from "../errors.js";
import { downloadWords } from "../ui/download_words.js";
import { sentenceOf, stateOf } from "../ui/failure_states.js";
import { takeFragment } from "../ui/fragment.js";
import { handOver } from "../ui/hand_over.js";
import { createLeavingGuard } from "../ui/leaving_guard.js";
import { createPassphraseField } from "../ui/passphrase_field.js";
import { createProgressPanel } from "../ui/progress_panel.js";
import { createScreen } from "../ui/screen.js";
import { createTransferList } from "../ui/transfer_list.js";
import { requireCapabilities } from "../worker/capabilities.js";
import { createCryptoPool } from "../worker/crypto_pool.js";
import { createConnectionStates } from "./connection_states.js";
import { createKeptFiles } from "./kept_files.js";

const SECRET = "secret";
const NOT_LOOKED_UP = "The server did not answer as it should. Wait a moment, then try again.";
let fragment = takeFragment();

const { cryptoWorker, sinkWorker } = document.documentElement.dataset;
const id = location.pathname.split("/")[2];
const main = document.querySelector("main");
const screen = createScreen(main, downloadWords);
const list = createTransferList(main.querySelector("#files"), { onSaveAll: () => saveFiles(null), onSaveOne: saveFiles });
const passphraseInput = createPassphraseField(main.querySelector("#passphrase-field"));
const leaving = createLeavingGuard();
const kept = createKeptFiles(handOver);
const pool = createCryptoPool(cryptoWorker);
const savedUnderLease = new Set();
let found = null;
let opened = null;
let stopping = null;
let tryAgain = start;

function showFailure(error, { whileSaving = false } = {}) {
  const gone = whileSaving && error.code === "transfer_not_found";
  const state = gone ? "deleted" : stateOf(error);
  const shown = state in downloadWords ? state : "failed";
  const problem = sentenceOf(error) ?? (shown === "failed" && !opened ? NOT_LOOKED_UP : undefined);
  if (state === "wrong-key") forget(SECRET, id);
  screen.show(shown, { code: error.code, ...(problem ? { problem } : {}) });
  main.querySelector("#files").hidden ||= !opened;
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
  } catch (error) {
    showFailure(error);
  }
}

async function proceed(secret, passphrase = "") {
  if (found.needsPassphrase && !passphrase) return screen.show("needs-passphrase");
  tryAgain = () => unlock(() => proceed(secret, passphrase));
  opened = await openTransfer({ id, info: found.info, secret, passphrase, pool });
  passphraseInput.value = "";
  list.show(opened.manifest.files);
  screen.show("ready", list.offer(found.info, opened.manifest.files.length));
}

async function unlock(task) {
  const button = main.querySelector("#unlock");
  button.disabled = true;
  try {
    await task();
  } catch (error) {
    showFailure(error);
  } finally {
    button.disabled = false;
  }
}

function startPanel({ plan, fetchedBytes }) {
  const onPercent = (percent) => screen.titlePercent(percent, "fetched and opened");
  const work = { partIndexes: plan.indexes, totalBytes: fetchedBytes, onPercent };
  return createConnectionStates(screen, createProgressPanel(main.querySelector(".progress"), work));
}

async function fetchAndHandOver(wish, fileIndex) {
  const { signal } = stopping;
  const connection = startPanel(wish);
  screen.show("working");
  const lease = createLease({ id, proofs: opened.proofs, signal, onWait: connection.onWait });
  const sources = { lease, pool, contentKey: opened.keys.content, sinkWorkerUrl: sinkWorker };
  const whole = await save({ wish, ...sources, ...connection, signal });
  kept.handOver(fileIndex, wish.name, whole);
  list.markSaved(fileIndex);
  await finishWhenAllSaved(lease, fileIndex);
}

// One lease covers every file once; when all were saved under it, a later save takes the next one.
async function finishWhenAllSaved(lease, fileIndex) {
  const { files } = opened.manifest;
  for (const index of fileIndex === null ? files.keys() : [fileIndex]) savedUnderLease.add(index);
  if (savedUnderLease.size < files.length) return;
  savedUnderLease.clear();
  await lease.finish().catch(() => {});
}

async function saveFiles(fileIndex) {
  if (leaving.isOn() || kept.again(fileIndex)) return;
  tryAgain = () => saveFiles(fileIndex);
  stopping = new AbortController();
  leaving.on();
  try {
    const wish = planSave({ id, manifest: opened.manifest, fileIndex });
    await fetchAndHandOver(wish, fileIndex);
    screen.show("done", { lede: list.savedText(wish.name) });
  } catch (error) {
    stopping.abort(error);
    showFailure(error, { whileSaving: true });
  } finally {
    leaving.off();
  }
}

main.querySelector("#unlock-form").addEventListener("submit", (event) => {
  event.preventDefault();
  unlock(() => {
    if (!["no-key", "wrong-key"].includes(screen.state())) return proceed(readSecret(), passphraseInput.value);
    fragment = main.querySelector("#key").value;
    return proceed(readSecret());
  });
});
main.querySelector("#cancel").addEventListener("click", () => stopping.abort(new SendError("cancelled", "Cancelled.")));
main.querySelector("#again").addEventListener("click", () => tryAgain());
addEventListener("hashchange", () => {
  if (leaving.isOn()) return takeFragment();
  fragment = takeFragment() || fragment;
  start();
});
sweepStaging();
start();
