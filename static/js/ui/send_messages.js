/**
 * What the landing page says in each of its states: what happened, then what to do.
 * @type {Record<string, Message>}
 */
export const sendMessages = {
  empty: { title: "Send files only their reader can open", heading: "Send files only their reader can open.", lede: "Your browser seals them before they leave. The key travels in the link, never to the server." },
  ready: { heading: "Ready to seal", lede: "Nothing has left this device yet." },
  working: { heading: "Sealing and sending", lede: "Keep this page open until the link appears." },
  paused: { heading: "Paused", lede: "Nothing is being sent. Continue when you like; what is stored stays stored." },
  offline: { heading: "The connection is gone", lede: "What is stored stays stored. Keep this page open: it goes on by itself as soon as you are back." },
  busy: { heading: "Waiting for the server", lede: "It is busy just now. What is stored stays stored. Keep this page open: it goes on by itself." },
  resumed: { heading: "Going on where it stopped", lede: "Keep this page open until the link appears. What is stored is compared with your files and not sent again." },
  done: { heading: "Sealed. Share the link.", lede: "" },
  cancelled: { heading: "Cancelled", problem: "Sending was stopped and no link was made. Your files are still listed below: send again, or choose others." },
  "too-large": { heading: "That is too much at once", problem: "Together the files are larger than this server takes. Remove some, then send." },
  "not-allowed": { heading: "Uploading needs a token", problem: "This server takes files only with its access token, and this one was missing or not right. Enter the token you were given, then send." },
  "too-many-tries": { heading: "Too many tries", problem: "There were too many tries from here. Wait a minute, then send again.", over: "You can send now. What you chose is still here." },
  "unsupported-browser": { heading: "This browser cannot seal files", problem: "It lacks the encryption that this page needs, or the page was not opened over https. Use a current Firefox, Chrome, Edge or Safari." },
  failed: { heading: "It was not sent", problem: "Sending stopped before it was complete, and no link was made. Your files are still listed below: try again." },
};

/**
 * @param {number} count of the files
 * @param {string} limit as people read it
 */
export function tooLargeText(count, limit) {
  if (count > 1) return `Together the files are larger than the ${limit} that this server takes. Remove some, then send.`;
  return `This is larger than the ${limit} that this server takes. Choose something smaller, or divide it.`;
}

/** The state `resumed` after the connection was gone, and not the page. */
export const backMessage = { heading: "Back, and going on", lede: "The connection returned. Sending continues where it stopped." };

/**
 * Failures of an upload that was to go on: what to say where the state's own words would mislead.
 * @type {Record<string, Message>}
 */
const continuing = {
  other_file: { heading: "These are other files", problem: "Name, size or time differ from what was being sent, so nothing was added to it. Choose the same files again, or forget the unfinished transfer." },
  file_changed: { heading: "The files have changed", problem: "What is stored already was sealed from other contents, so the transfer was not completed. Restore the files as they were and continue, or forget it and send anew." },
  read_refused: { heading: "The files were not read again", problem: "The browser was not allowed to read them, so nothing was sent. Continue, and choose the same files yourself." },
  files_moved: { heading: "The files are not where they were", problem: "They were moved, renamed or deleted. Continue, and choose the same files yourself, or forget the unfinished transfer." },
  other_tab: { heading: "Another tab is sending it", problem: "The same transfer goes on in another tab or window of this browser. Look there; two at once would only be slower." },
  parts_missing: { heading: "Parts are missing", problem: "The storage has lost parts that it had. Choose the files again, and only what is missing is sent." },
  gone: { heading: "It cannot go on", problem: "The server no longer has this unfinished transfer: it ran out of time or was deleted. What was kept here is erased. Send the files anew." },
};

/**
 * @param {string} [code]
 * @param {{found: number, of: number}} [detail]
 * @returns {{heading?: string, problem?: string}}
 */
export function continuingMessages(code, detail) {
  if (code !== "files_missing") return continuing[code ?? ""] ?? {};
  return { heading: "Some files are missing", problem: `${detail?.found} of ${detail?.of} files were found. Continue, and choose the others too.` };
}

export const KEPT_SENTENCE = "What is stored stays stored, and you can continue below.";
export const GIVEN_UP_SENTENCE = "Sending was stopped and no link was made. What was stored, and what this browser kept of it, is erased.";
