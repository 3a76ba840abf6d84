import { encodeB64u } from "../crypto/bytes.js";
import { manageLink, transferLink } from "../crypto/link.js";
import { SendError } from "../errors.js";
import { readConfig } from "../transport/api.js";
import { retrying } from "../transport/retry.js";
import { planChosen, planNote } from "../upload/plan.js";
import { upload } from "../upload/uploader.js";
import { fileCount } from "../ui/byte_size.js";
import { sentenceOf, stateOf } from "../ui/failure_states.js";
import { createLeavingGuard } from "../ui/leaving_guard.js";
import { createProgressPanel } from "../ui/progress_panel.js";
import { createScreen } from "../ui/screen.js";
import { createSendForm } from "../ui/send_form.js";
import { createSendResult, termsText } from "../ui/send_result.js";
import { sendWords } from "../ui/send_words.js";
import { requireCapabilities } from "../worker/capabilities.js";
import { createCryptoPool } from "../worker/crypto_pool.js";
import { createConnectionStates } from "./connection_states.js";

const main = document.querySelector("main");
const screen = createScreen(main, sendWords);
const result = createSendResult(main);
const leaving = createLeavingGuard();
const form = createSendForm(document.querySelector("#send-form"), { onChange: showChoice, onSend: send });
let config = null;
let cancelling = null;

function showChoice({ count, withNote }) {
  if (count === 0 && !withNote) return screen.show("empty", { focus: false });
  if (config && form.totalBytes() > config.max_transfer_bytes) return screen.show("too-large", { code: "transfer_too_large", focus: false });
  if (withNote) return screen.show("ready", { heading: "Ready to seal a note", focus: false });
  screen.show("ready", { heading: `Ready to seal ${fileCount(count)}`, focus: screen.state() === "empty" });
}

function showFailure(error) {
  const state = stateOf(error);
  screen.show(state in sendWords ? state : "failed", { code: error.code, ...problemOf(error) });
  if (state === "not-allowed") form.focusToken();
}

function problemOf(error) {
  const problem = sentenceOf(error);
  return problem ? { problem } : {};
}

function startPanel(plan) {
  const partIndexes = [...Array(plan.partCount).keys()];
  const onPercent = (percent) => screen.titlePercent(percent, "sealed and sent");
  return createProgressPanel(main.querySelector(".progress"), { partIndexes, totalBytes: plan.payloadBytes, onPercent });
}

function linksOf({ id, secret, ownerToken }, { passphrase, keyApart }) {
  return {
    wholeLink: transferLink(location.origin, id, secret),
    bareLink: transferLink(location.origin, id),
    key: encodeB64u(secret),
    manageLink: manageLink(location.origin, id, ownerToken),
    withPassphrase: passphrase !== "",
    keyApart,
  };
}

async function sendPlanned(plan, wishes, signal) {
  const pool = createCryptoPool(document.documentElement.dataset.cryptoWorker);
  const connection = createConnectionStates(screen, startPanel(plan));
  let abort = null;
  try {
    const job = { plan, limits: wishes.limits, passphrase: wishes.passphrase, accessToken: wishes.accessToken };
    const events = { ...connection, onCreated: (abortUpload) => (abort = abortUpload) };
    const sent = await upload({ ...job, ...events, signBatchMax: config.sign_batch_max, pool, signal });
    result.show(linksOf(sent, wishes), sent.answer.transparency);
    screen.show("done", { lede: termsText(sent.answer) });
  } catch (error) {
    cancelling.abort(error);
    await abort?.().catch(() => {});
    throw error;
  } finally {
    pool.close();
  }
}

function planWished({ hideSize }) {
  const note = form.note();
  const plan = note === null ? planChosen(form.chosen(), { hideSize }) : planNote(note, { hideSize });
  if (plan.sizeBytes > config.max_transfer_bytes) throw new SendError("transfer_too_large", "Too large.");
  return plan;
}

async function send() {
  if (leaving.isOn()) return;
  const wishes = form.read();
  cancelling = new AbortController();
  leaving.on();
  try {
    requireCapabilities();
    config ??= await loadConfig();
    if (config.upload_access === "token" && !wishes.accessToken) throw new SendError("access_token_required", "A token is needed.");
    const plan = planWished(wishes);
    screen.show("working");
    await sendPlanned(plan, wishes, cancelling.signal);
    form.clearPassphrase();
  } catch (error) {
    showFailure(error);
  } finally {
    leaving.off();
  }
}

async function loadConfig() {
  const answer = await retrying(readConfig, { attempts: 4 });
  form.setConfig(answer);
  return answer;
}

function start() {
  try {
    requireCapabilities();
  } catch (error) {
    return showFailure(error);
  }
  form.takeEarlyChoice();
  loadConfig().then((answer) => (config = answer)).catch(() => {});
}

main.querySelector("#cancel").addEventListener("click", () => cancelling.abort(new SendError("cancelled", "Cancelled.")));
main.querySelector("#send-more").addEventListener("click", () => {
  result.clear();
  form.clear();
  main.querySelector("h1").focus();
});
start();
