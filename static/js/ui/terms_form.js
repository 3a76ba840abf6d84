import { finderIn, setOptions } from "./elements.js";
import { momentText, spanText } from "./moment_text.js";

const AS_IT_IS = "";
const NO_LIMIT = "none";
const LONGEST = "longest";
/** @type {[string, string]} */
const AS_LATE_AS_ALLOWED = [LONGEST, "as late as this server allows"];
/** @type {[string, string]} */
const WITHOUT_LIMIT = [NO_LIMIT, "without a limit"];
// What passes between the server's answer and the next call.
const MARGIN_SECONDS = 2;

/** @param {number} count */
const timesText = (count) => count === 1 ? "once in all" : `${count} times in all`;

/** @param {TransferStatus} status @param {number[]} options @returns {[string, string][]} */
function expiryChoices({ expires_at: expiresAt, longest_expires_in_seconds: longest = 0 }, options) {
  /** @type {[string, string][]} */
  const shorter = options.filter((seconds) => seconds < longest - MARGIN_SECONDS).map((seconds) => [String(seconds), `in ${spanText(seconds)} from now`]);
  return [
    [AS_IT_IS, `as it is: ${momentText(expiresAt)}`],
    ...shorter,
    ...(longest > MARGIN_SECONDS ? [AS_LATE_AS_ALLOWED] : []),
  ];
}

/** @param {TransferStatus} status @param {number[]} options @returns {[string, string][]} */
function limitChoices({ max_downloads: allowed, download_count: count }, options) {
  /** @type {[string, string][]} */
  const higher = options.filter((option) => option > count && option !== allowed).map((option) => [String(option), timesText(option)]);
  return [
    [AS_IT_IS, `as it is: ${allowed === null ? "without a limit" : timesText(allowed)}`],
    ...higher,
    ...(allowed === null ? [] : [WITHOUT_LIMIT]),
  ];
}

/**
 * Expiry and limit as they are, and what they can be changed to.
 * @param {HTMLFormElement} form
 * @param {{onSave: (changes: Terms) => Promise<void>}} events
 */
export function createTermsForm(form, { onSave }) {
  const find = finderIn(form);
  const saveButton = find("save-changes", HTMLButtonElement);
  const expires = find("expires-select", HTMLSelectElement);
  const downloads = find("downloads-select", HTMLSelectElement);
  let longestUntil = 0;

  function changes() {
    const longest = Math.floor((longestUntil - performance.now()) / 1000) - MARGIN_SECONDS;
    const seconds = expires.value === LONGEST ? Math.max(1, longest) : Number(expires.value);
    return {
      ...(expires.value === AS_IT_IS ? {} : { expires_in_seconds: seconds }),
      ...(downloads.value === AS_IT_IS ? {} : { max_downloads: downloads.value === NO_LIMIT ? null : Number(downloads.value) }),
    };
  }

  function showReady() {
    saveButton.disabled = Object.keys(changes()).length === 0;
  }

  form.addEventListener("change", () => {
    find("terms-said").textContent = "";
    showReady();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (Object.keys(changes()).length === 0) return;
    saveButton.disabled = true;
    await onSave(changes());
  });

  return {
    /**
     * @param {TransferStatus} status of the transfer
     * @param {Config} config as `/info/config` gives it
     */
    show(status, config) {
      longestUntil = performance.now() + (status.longest_expires_in_seconds ?? 0) * 1000;
      setOptions(expires, expiryChoices(status, config.expiry_options_seconds));
      setOptions(downloads, limitChoices(status, config.max_downloads_options));
      showReady();
    },
    /** @param {string} sentence */
    say: (sentence) => (find("terms-said").textContent = sentence),
    showReady,
  };
}
