import { encodeB64u } from "../crypto/bytes.js";
import { manageLink, transferLink } from "../crypto/link.js";
import { safePaths } from "../crypto/paths.js";
import { sweepStaging } from "../download/staging.js";
import { SendError } from "../errors.js";
import { readConfig, readStatus, readStoredShape, registerInterest } from "../transport/api.js";
import { retrying } from "../transport/retry.js";
import { isGone } from "../upload/continuation.js";
import { planChosen, planNote } from "../upload/plan.js";
import { byteLimit, fileCount } from "../ui/byte_size.js";
import { elementOf, finderIn } from "../ui/elements.js";
import { messageOf, sentenceOf, stateOf } from "../ui/failure_states.js";
import { createLeavingGuard } from "../ui/leaving_guard.js";
import { createScreen } from "../ui/screen.js";
import { createSendForm } from "../ui/send_form.js";
import { createSendResult, termsText } from "../ui/send_result.js";
import { createStoredPanel } from "../ui/stored_panel.js";
import { GIVEN_UP_SENTENCE, KEPT_SENTENCE, continuingMessages, sendMessages, tooLargeText } from "../ui/send_messages.js";
import { createWaitlistForm } from "../ui/waitlist_form.js";
import { requireCapabilities } from "../worker/capabilities.js";
import { encodeQrCode } from "../worker/qr_code.js";
import { createSending } from "./sending.js";
import { createUnfinished } from "./unfinished.js";

const TOO_LARGE = "transfer_too_large";
const main = elementOf(document, "main", HTMLElement);
const find = finderIn(main);
const screen = createScreen(main, sendMessages);
const result = createSendResult(main, (text) => encodeQrCode(document.documentElement.dataset.qrWorker ?? "", text));
const leaving = createLeavingGuard();
const form = createSendForm(find("send-form", HTMLFormElement), { onChange: showChoice, onSend: send, readerPaths: safePaths });
const sending = createSending(main, screen);
const unfinished = createUnfinished(find("unfinished"), {
  onGoOn: goOn,
  onRefused: showRefusal,
  onForgotten: () => showChoice({ count: form.chosen().length, withNote: Boolean(form.note()) }),
  typedToken: () => form.read().accessToken,
});
const storedPanel = createStoredPanel(find("stored-panel", HTMLDetailsElement), readStoredNow);
const waitlist = createWaitlistForm(find("waitlist"), { send: registerInterest, sentenceOf: notRegistered });
/** @type {Config|null} */
let config = null;
/** @type {(Owner & {id: string})|null} */
let ownOfLast = null;

/** Before sending what would be stored, afterwards what is. */
async function readStoredNow() {
  if (!ownOfLast) return readStoredShape();
  return (await readStatus(ownOfLast.id, ownOfLast)).transparency;
}

/** @param {{count: number, withNote: boolean}} content */
function showChoice({ count, withNote }) {
  if (count === 0 && !withNote) return screen.show("empty", { focus: false });
  if (config && form.totalBytes() > config.max_transfer_bytes) return screen.show("too-large", { code: TOO_LARGE, focus: false, ...problemOf({ code: TOO_LARGE }) });
  if (withNote) return screen.show("ready", { heading: "Ready to seal a note", focus: false });
  screen.show("ready", { heading: `Ready to seal ${fileCount(count)}`, focus: screen.state() === "empty" });
}

/** @param {Failure} error */
function showFailure(error) {
  const state = stateOf(error);
  screen.show(state in sendMessages ? state : "failed", { ...problemOf(error), ...messageOf(error) });
  if (state === "not-allowed") form.focusToken();
}

/** @param {Failure} error */
function notRegistered(error) {
  if (error.code === "invalid_request") return "This does not look like an e-mail address. Check it for typing errors.";
  return sentenceOf(error) ?? "That did not work. Wait a moment, then try again.";
}

/** @param {{code?: string}} error */
function problemOf(error) {
  const problem = config && error.code === TOO_LARGE ? tooLargeText(form.chosen().length, byteLimit(config.max_transfer_bytes)) : sentenceOf(error);
  return problem ? { problem } : {};
}

/**
 * An upload that can go on says so; its files are at hand as long as the page is open.
 * @param {Failure} error
 */
function showUnfinished(error) {
  form.clear();
  const problem = `${sentenceOf(error) ?? "Sending stopped before it was complete."} ${KEPT_SENTENCE}`;
  screen.show("failed", { code: error.code, problem });
}

/** @param {Failure} error */
function showRefusal(error) {
  screen.show("failed", { code: error.code, ...problemOf(error), ...continuingMessages(error.code, error.detail) });
}

/** @param {BegunTransfer} transfer @param {Delivery} delivery */
function linksOf({ id, secret, ownerToken }, { withPassphrase, keyApart }) {
  return {
    wholeLink: transferLink(location.origin, id, secret),
    bareLink: transferLink(location.origin, id),
    key: encodeB64u(secret),
    manageLink: manageLink(location.origin, id, ownerToken),
    withPassphrase,
    keyApart,
  };
}

/** @param {Awaited<ReturnType<typeof sending.send>>} sent @param {Delivery} delivery */
function showSent(sent, delivery) {
  result.show(linksOf(sent, delivery), sent.answer.transparency);
  screen.show("done", { lede: termsText(sent.answer) });
  ownOfLast = { id: sent.id, ownerToken: encodeB64u(sent.ownerToken) };
  storedPanel.refresh();
}

/** @param {Config} limits @param {{hideSize: boolean}} options */
function planSending(limits, { hideSize }) {
  const note = form.note();
  const plan = note === null ? planChosen(form.chosen(), { hideSize }) : planNote(note, { hideSize });
  if (plan.sizeBytes > limits.max_transfer_bytes) throw new SendError(TOO_LARGE, "Too large.");
  return plan;
}

/** @param {UploadPlan} plan @param {SendOptions} options @param {number} signBatchMax */
async function sendPlanned(plan, options, signBatchMax) {
  screen.show("working");
  try {
    const sent = await sending.send({ plan, options, signBatchMax });
    showSent(sent, { ...options, withPassphrase: options.passphrase !== "" });
    form.clearPassphrase();
  } catch (/** @type {any} */ error) {
    if (!error.isKept) throw error;
    unfinished.keepFiles(error.transferId, plan);
    showUnfinished(error);
  }
}

/**
 * While something is sent nothing else is begun, and leaving the page is asked about.
 * @param {(limits: Config) => Promise<void>} task
 * @param {(error: Failure) => void} showError
 */
async function whileSending(task, showError) {
  if (leaving.isOn()) return;
  leaving.on();
  try {
    requireCapabilities();
    config ??= await loadConfig();
    await task(config);
  } catch (/** @type {any} */ error) {
    showError(error);
  } finally {
    leaving.off();
    unfinished.refresh();
  }
}

/** @param {Config} limits @param {string|undefined} accessToken */
function requireToken(limits, accessToken) {
  if (limits.upload_access === "token" && !accessToken) throw new SendError("access_token_required", "A token is needed.");
}

function send() {
  return whileSending(async (limits) => {
    const options = form.read();
    requireToken(limits, options.accessToken);
    await sendPlanned(planSending(limits, options), options, limits.sign_batch_max);
  }, showFailure);
}

/** @param {KeptUpload} kept @param {UploadPlan|null} plan */
function goOn(kept, plan) {
  return whileSending(
    async (limits) => {
      const accessToken = unfinished.accessToken();
      requireToken(limits, accessToken);
      form.clear();
      screen.show("resumed");
      const sent = await sending.goOn({ unfinished: kept, plan, accessToken, signBatchMax: limits.sign_batch_max });
      showSent(sent, kept.wish);
    },
    (error) => showStopped(error, kept, plan),
  );
}

/** @param {Failure} error @param {KeptUpload} kept @param {UploadPlan|null} plan */
function showStopped(error, kept, plan) {
  if (error.code === "cancelled") return screen.show("cancelled", { code: "cancelled", problem: GIVEN_UP_SENTENCE });
  if (isGone(error)) return showRefusal(new SendError("gone", "It is no longer there."));
  const isNotAllowed = stateOf(error) === "not-allowed";
  if (error.code === "file_changed") unfinished.dropFiles(kept.id);
  else if ((error.isKept || isNotAllowed) && plan) unfinished.keepFiles(kept.id, plan);
  if (isNotAllowed) return showNotAllowed(error);
  if (error.isKept && !Object.keys(continuingMessages(error.code)).length) return showUnfinished(error);
  return showRefusal(error);
}

/** @param {Failure} error */
function showNotAllowed(error) {
  screen.show("not-allowed", { code: error.code, ...problemOf(error) });
  unfinished.focusToken();
}

async function loadConfig() {
  const answer = await retrying(readConfig, { attempts: 4 });
  form.setConfig(answer);
  unfinished.setTakesToken(answer.upload_access === "token");
  waitlist.show(answer.upload_access === "token" && answer.waitlist);
  return answer;
}

function start() {
  try {
    requireCapabilities();
  } catch (/** @type {any} */ error) {
    return showFailure(error);
  }
  form.takeEarlyChoice();
  loadConfig().then((answer) => (config = answer)).catch(() => {}).finally(unfinished.refresh);
}

find("send-more").addEventListener("click", () => {
  result.clear();
  form.clear();
  ownOfLast = null;
  storedPanel.refresh();
  elementOf(main, "h1", HTMLElement).focus();
});
start();
sweepStaging();
