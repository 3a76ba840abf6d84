import { momentText, spanText } from "./moment_text.js";

const AS_IT_IS = "";
const NO_LIMIT = "none";
const LONGEST = "longest";
// What passes between the server's answer and the next call.
const MARGIN_SECONDS = 2;

function timesText(count) {
  return count === 1 ? "once in all" : `${count} times in all`;
}

function setOptions(select, choices) {
  select.replaceChildren(...choices.map(([value, text]) => new Option(text, value)));
}

function expiryChoices({ expires_at: expiresAt, longest_expires_in_seconds: longest }, options) {
  const shorter = options.filter((seconds) => seconds < longest - MARGIN_SECONDS);
  return [
    [AS_IT_IS, `as it is: ${momentText(expiresAt)}`],
    ...shorter.map((seconds) => [String(seconds), `in ${spanText(seconds)} from now`]),
    ...(longest > MARGIN_SECONDS ? [[LONGEST, "as late as this server allows"]] : []),
  ];
}

function limitChoices({ max_downloads: allowed, download_count: count }, options) {
  const higher = options.filter((option) => option > count && option !== allowed);
  return [
    [AS_IT_IS, `as it is: ${allowed === null ? "without a limit" : timesText(allowed)}`],
    ...higher.map((option) => [String(option), timesText(option)]),
    ...(allowed === null ? [] : [[NO_LIMIT, "without a limit"]]),
  ];
}

/**
 * Expiry and limit as they are, and what they can be changed to.
 * @param {HTMLFormElement} form
 * @param {{onSave: (changes: {expires_in_seconds?: number, max_downloads?: number|null}) => Promise<void>}} events
 */
export function createTermsForm(form, { onSave }) {
  const find = (id) => form.querySelector(`#${id}`);
  const expires = find("expires-select");
  const downloads = find("downloads-select");
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
    find("save-changes").disabled = Object.keys(changes()).length === 0;
  }

  form.addEventListener("change", () => {
    find("terms-said").textContent = "";
    showReady();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (Object.keys(changes()).length === 0) return;
    find("save-changes").disabled = true;
    await onSave(changes());
  });

  return {
    /** @param {object} status of the transfer @param {object} config as `/info/config` gives it */
    show(status, config) {
      longestUntil = performance.now() + (status.longest_expires_in_seconds ?? 0) * 1000;
      setOptions(expires, expiryChoices(status, config.expiry_options_seconds));
      setOptions(downloads, limitChoices(status, config.max_downloads_options));
      showReady();
    },
    say: (sentence) => (find("terms-said").textContent = sentence),
    showReady,
  };
}
