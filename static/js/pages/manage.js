import { SendError } from "../errors.js";
import { sweepStaging } from "../download/staging.js";
import { forget, recall, remember } from "../download/tab_memory.js";
import { changeTerms, deleteTransfer, readConfig, readStatus, stopDownloads } from "../transport/api.js";
import { A_FEW_TRIES, pause, retrying } from "../transport/retry.js";
import { createConfirm } from "../ui/confirm_dialog.js";
import { elementOf, finderIn } from "../ui/elements.js";
import { showEvents } from "../ui/event_list.js";
import { messageOf, stateOf } from "../ui/failure_states.js";
import { takeFragment } from "../ui/fragment.js";
import { CHANGED, REFUSED, STOPPED, deletedLede, manageMessages } from "../ui/manage_messages.js";
import { showReceipt } from "../ui/receipt.js";
import { createScreen } from "../ui/screen.js";
import { createStoredPanel } from "../ui/stored_panel.js";
import { createTermsForm } from "../ui/terms_form.js";
import { isStopped, showStatus } from "../ui/transfer_status.js";

const OWNER_TOKEN = "owner-token";
const TOKEN_FORM = /^[A-Za-z0-9_-]{43}$/;
/** @type {Record<string, string>} */
const SCREENS = { completed: "ready", expired: "expired", exhausted: "used-up", deleting: "deleted", deleted: "deleted" };
const RECEIPT_EVERY_MS = 2_000;
const RECEIPT_SLOWEST_MS = 30_000;
const fragment = takeFragment();
const id = location.pathname.split("/")[2];
const main = elementOf(document, "main", HTMLElement);
const find = finderIn(main);
const screen = createScreen(main, manageMessages);
const termsForm = createTermsForm(find("terms-form", HTMLFormElement), { onSave });
const storedPanel = createStoredPanel(find("stored-panel", HTMLDetailsElement), async () => (await ask(readStatus)).transparency);
const stopping = createConfirm(find("confirm-revoke", HTMLDialogElement), stopNow);
const deleting = createConfirm(find("confirm", HTMLDialogElement), deleteNow);
/** @type {Config|null} */
let config = null;

function readOwnerToken() {
  const token = fragment || recall(OWNER_TOKEN, id);
  if (!token) throw new SendError("owner_token_required", "The owner token is missing.");
  if (!TOKEN_FORM.test(token)) throw new SendError("owner_token_wrong", "This is not an owner token.");
  remember(OWNER_TOKEN, id, token);
  return token;
}

/**
 * @template T
 * @param {(id: string, owner: Owner) => Promise<T>} call
 */
function ask(call) {
  const ownerToken = readOwnerToken();
  return retrying(() => call(id, { ownerToken }), A_FEW_TRIES);
}

/** @param {Failure} error */
function showFailure(error) {
  const state = stateOf(error);
  if (state === "wrong-key") forget(OWNER_TOKEN, id);
  screen.show(state in manageMessages ? state : "failed", messageOf(error));
}

/**
 * What was deleted because it expired or was used up says so, and has its receipt all the same.
 * @param {TransferStatus} status
 */
function screenOf({ state, receipt }) {
  return SCREENS[receipt ? receipt.reason : state] ?? SCREENS[state] ?? "not-ready";
}

/** @param {TransferStatus} status @param {{focus?: boolean}} [how] */
function show(status, { focus = true } = {}) {
  const shown = screenOf(status);
  const isOver = ["deleting", "deleted"].includes(status.state);
  showStatus(main, status);
  showEvents(find("happened"), status);
  if (config && shown === "ready") termsForm.show(status, config);
  const said = isStopped(status) ? STOPPED : isOver ? { lede: deletedLede(status) } : {};
  screen.show(shown, { focus, ...said });
  showReceipt(find("receipt"), status.receipt);
  for (const name of ["happened", "ending"]) find(name).hidden ||= isOver;
  find("terms-form").hidden ||= config === null;
  find("stopping").hidden = shown !== "ready";
  storedPanel.refresh();
}

async function start() {
  try {
    const asked = config ?? retrying(readConfig, A_FEW_TRIES).catch(() => null);
    const [status, answer] = await Promise.all([ask(readStatus), asked]);
    config = answer;
    show(status);
    if (status.state === "deleting") await waitForReceipt();
  } catch (/** @type {any} */ error) {
    showFailure(error);
  }
}

/** @param {Terms} changes */
async function onSave(changes) {
  try {
    show(await ask((_, owner) => changeTerms(id, owner, changes)), { focus: false });
    termsForm.say(CHANGED);
  } catch (/** @type {any} */ error) {
    await showRefusedChange(error);
  }
}

/**
 * Downloads may have started, or time have run out, since the page was loaded: it is shown afresh.
 * @param {Failure} error
 */
async function showRefusedChange(error) {
  if (![409, 410, 422].includes(error.status ?? 0)) return showFailure(error);
  try {
    show(await ask(readStatus), { focus: false });
    termsForm.say(REFUSED);
  } catch (/** @type {any} */ failure) {
    showFailure(failure);
  }
}

async function stopNow() {
  try {
    show(await ask(stopDownloads));
  } catch (/** @type {any} */ error) {
    await showRefusedChange(error);
  }
}

async function deleteNow() {
  try {
    await ask(deleteTransfer);
    await start();
  } catch (/** @type {any} */ error) {
    showFailure(error);
  }
}

/** The store did not answer at once: the receipt comes when the server has seen that nothing is left. */
async function waitForReceipt() {
  for (let wait = RECEIPT_EVERY_MS; ; wait = Math.min(wait * 1.5, RECEIPT_SLOWEST_MS)) {
    await pause(wait);
    const status = await ask(readStatus).catch(() => null);
    if (status?.receipt) return show(status, { focus: false });
  }
}

find("again").addEventListener("click", start);
find("revoke").addEventListener("click", stopping.ask);
find("delete").addEventListener("click", deleting.ask);
start();
sweepStaging();
