import { SendError } from "../errors.js";
import { sweepStaging } from "../download/staging.js";
import { forget, recall, remember } from "../download/tab_memory.js";
import { deleteTransfer, readStatus } from "../transport/api.js";
import { isTransient, retrying } from "../transport/retry.js";
import { sentenceOf, stateOf, waitSecondsOf } from "../ui/failure_states.js";
import { takeFragment } from "../ui/fragment.js";
import { manageWords } from "../ui/manage_words.js";
import { createScreen } from "../ui/screen.js";
import { showStatus } from "../ui/transfer_status.js";

const OWNER_TOKEN = "owner-token";
const TOKEN_FORM = /^[A-Za-z0-9_-]{43}$/;
const SCREENS = { completed: "ready", expired: "expired", exhausted: "used-up", deleting: "deleted" };
const PATIENT = { attempts: 4, retryIf: (error) => isTransient(error) && error.status !== 429 };
const fragment = takeFragment();
const id = location.pathname.split("/")[2];
const main = document.querySelector("main");
const screen = createScreen(main, manageWords);
const dialog = main.querySelector("#confirm");

function readOwnerToken() {
  const token = fragment || recall(OWNER_TOKEN, id);
  if (!token) throw new SendError("owner_token_required", "The owner token is missing.");
  if (!TOKEN_FORM.test(token)) throw new SendError("owner_token_wrong", "This is not an owner token.");
  remember(OWNER_TOKEN, id, token);
  return token;
}

function showFailure(error) {
  const state = stateOf(error);
  const problem = sentenceOf(error);
  if (state === "wrong-key") forget(OWNER_TOKEN, id);
  const said = { code: error.code, waitSeconds: waitSecondsOf(error), ...(problem ? { problem } : {}) };
  screen.show(state in manageWords ? state : "failed", said);
}

function showDeleted(state) {
  const lede =
    state === "deleted"
      ? "The sealed files are gone from the server, and the link leads nowhere now."
      : "Nobody can download any more. The storage is not answering just now; the server removes the sealed files as soon as it does.";
  main.querySelector("#state").textContent = state;
  main.querySelector("#facts").replaceChildren();
  screen.show("deleted", { lede });
}

async function start() {
  try {
    const ownerToken = readOwnerToken();
    const status = await retrying(() => readStatus(id, { ownerToken }), PATIENT);
    if (status.state === "deleting") return showDeleted("deleting");
    showStatus(main, status);
    screen.show(SCREENS[status.state] ?? "not-ready");
  } catch (error) {
    showFailure(error);
  }
}

async function deleteNow() {
  dialog.close();
  try {
    const ownerToken = readOwnerToken();
    const { state } = await retrying(() => deleteTransfer(id, { ownerToken }), PATIENT);
    showDeleted(state);
  } catch (error) {
    showFailure(error);
  }
}

main.querySelector("#again").addEventListener("click", start);
main.querySelector("#delete").addEventListener("click", () => dialog.showModal());
main.querySelector("#keep").addEventListener("click", () => dialog.close());
main.querySelector("#confirm-delete").addEventListener("click", deleteNow);
start();
sweepStaging();
