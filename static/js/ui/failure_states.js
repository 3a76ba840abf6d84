import { exactSpanText } from "./moment_text.js";

/** @typedef {Pick<Failure, "code"|"retryAfterSeconds"> & {message?: string}} Coded */

/** @type {Record<string, string>} */
const STATES = {
  access_token_bytes_exceeded: "too-large",
  access_token_differs: "not-allowed",
  access_token_expired: "not-allowed",
  access_token_required: "not-allowed",
  access_token_revoked: "not-allowed",
  access_token_transfer_too_large: "too-large",
  access_token_used_up: "not-allowed",
  access_token_wrong: "not-allowed",
  cancelled: "cancelled",
  damaged: "damaged",
  link_proof_wrong: "wrong-key",
  manifest_differs: "failed",
  no_room: "too-large",
  no_staging: "unsupported-browser",
  owner_token_required: "no-key",
  owner_token_wrong: "wrong-key",
  proof_wrong: "wrong-passphrase",
  too_many_files: "too-large",
  too_many_guesses: "too-many-tries",
  too_many_requests: "too-many-tries",
  transfer_exhausted: "used-up",
  transfer_expired: "expired",
  transfer_not_found: "not-found",
  transfer_not_ready: "not-ready",
  transfer_taken_down: "taken-down",
  transfer_too_large: "too-large",
  uploads_refused: "not-allowed",
  unsupported_browser: "unsupported-browser",
  worker_failed: "unsupported-browser",
  wrong_key: "wrong-key",
};

/** @type {Record<string, string>} */
const SENTENCES = {
  access_token_bytes_exceeded: "Less is left on this access token than these files need. Remove some, or enter another token, then send.",
  access_token_differs: "This upload was begun with another access token. Enter that one, then continue.",
  access_token_expired: "This access token has expired. Ask whoever gave it to you for more time or another one, then send.",
  access_token_expiry_too_long: "With this access token files may not be kept so long. Choose a shorter time, then send.",
  access_token_revoked: "This access token was revoked by whoever runs this server, and it sends nothing any more. Enter another token, then send.",
  access_token_transfer_too_large: "Together the files are larger than this access token allows to one transfer. Remove some, or send them in several transfers.",
  access_token_used_up: "This access token is used up: it begins no more transfers. Enter another token, or ask whoever gave it to you for more.",
  file_changed: "A file was changed, moved or removed while it was being sent. Choose the files again, then send.",
  network: "The server cannot be reached. Check your connection, then try again.",
  no_room: "There is not enough free room in this browser for so much. Free some space, or save the files one by one.",
  no_staging: "This browser offers no private place to put files of this size. Use a normal window of a current browser.",
  not_writable: "The browser was not allowed to write there, so nothing was saved. Choose another place, or use “Open and save”.",
  picker_failed: "The browser did not open its dialog for choosing a place. Use “Open and save” instead.",
  raw_transfer: "This transfer was not sealed by a page, so it cannot be opened by one. Ask the sender how to fetch it.",
  server_busy: "The server is busy just now. Wait a moment, then try again.",
  store_unavailable: "The storage is not answering just now. Wait a moment, then try again.",
  too_many_files: "A transfer takes 20,000 files. Put them into an archive first, or send them in several transfers.",
  unsupported: "This transfer was made by a newer version of SGraph Send. Reload the page, or ask the sender.",
  uploads_refused: "This server takes no uploads at present. Ask whoever runs it.",
  worker_failed: "A part of this page did not start. Reload it, or use a current browser.",
};

/** @type {Record<string, string>} */
const REASONS = {
  too_many_guesses: "Too many wrong passphrases were tried for these files, by you or by somebody else who has the link.",
  too_many_requests: "There were too many tries from your connection.",
};

/**
 * The designed state that an error leads to.
 * @param {Coded} error
 */
export const stateOf = (error) => STATES[error.code ?? ""] ?? "failed";

/**
 * What to say about an error where the state's own sentence would be too general, else undefined.
 * @param {Coded} error
 * @returns {string|undefined}
 */
export function sentenceOf(error) {
  const seconds = waitSecondsOf(error);
  if (seconds > 0) return `${REASONS[error.code ?? ""]} You can try again in ${exactSpanText(seconds)}.`;
  // The operator's own sentence, where they left one.
  if (error.code === "transfer_taken_down") return error.message;
  return SENTENCES[error.code ?? ""];
}

/**
 * What a screen says about an error. It counts the time to wait down, so the sentence names none.
 * @param {Coded} error
 * @returns {ScreenChange}
 */
export function messageOf(error) {
  const waitSeconds = waitSecondsOf(error);
  const problem = waitSeconds > 0 ? REASONS[error.code ?? ""] : sentenceOf(error);
  return { code: error.code, waitSeconds, ...(problem ? { problem } : {}) };
}

/**
 * Whole seconds until another try is let through, 0 for errors that are not about too many of them.
 * @param {Coded} error
 */
const waitSecondsOf = (error) => stateOf(error) === "too-many-tries" ? Math.ceil(error.retryAfterSeconds ?? 0) : 0;
