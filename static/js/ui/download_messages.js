/**
 * What the download page says in each of its states: what happened, then what to do.
 * @type {Record<string, Message>}
 */
export const downloadMessages = {
  loading: { heading: "Files for you", lede: "Looking at the link…" },
  ready: { heading: "Someone sent you files", lede: "" },
  "no-key": { heading: "This link has no key", problem: "The part after # is missing. Without it nobody can open the files, and neither can the server. Ask the sender for the whole link, or paste the key they sent you apart." },
  "needs-passphrase": { heading: "It takes a passphrase", lede: "The sender protected these files with a passphrase as well. Ask them for it if you do not have it." },
  "wrong-key": { heading: "This key does not fit", problem: "The key belongs to another transfer, or a part of it got lost on the way. Ask the sender for the whole link, or paste the key again." },
  "wrong-passphrase": { heading: "This passphrase does not fit", problem: "The link is right, the passphrase is not. Capitals and spaces count. Try again, or ask the sender." },
  "too-many-tries": { heading: "Too many tries", problem: "There were too many tries. Wait a minute, then try again.", over: "You can try again now." },
  working: { heading: "Fetching and opening", lede: "Keep this page open. Your browser saves nothing before every part has passed its check." },
  paused: { heading: "Paused", lede: "Nothing is being fetched. Continue when you like; what is here stays here." },
  offline: { heading: "The connection is gone", lede: "What is here stays here. Keep this page open: it goes on by itself as soon as you are back." },
  busy: { heading: "Waiting for the server", lede: "It is busy just now. What is here stays here. Keep this page open: it goes on by itself." },
  resumed: { heading: "Back, and going on", lede: "The connection returned. Fetching continues where it stopped." },
  done: { heading: "Opened and checked", lede: "" },
  cancelled: { heading: "Stopped", problem: "Nothing was saved. Start again when you like: it still counts as the same download." },
  expired: { heading: "This link has expired", problem: "The time that the sender set is over, and the sealed files are removed from the server. Ask the sender to send them again." },
  "used-up": { heading: "No downloads are left", problem: "The sender allows no more downloads of these files. Ask the sender to send them again." },
  deleted: { heading: "The files were deleted", problem: "The sender deleted this transfer, so nothing more can be fetched. Ask the sender to send the files again." },
  "taken-down": { heading: "This transfer was taken down", problem: "The operator of this server removed it. Ask the sender if you expected something else." },
  "not-found": { heading: "Nothing is here", problem: "There is no transfer at this address: the link is incomplete, or the sender has deleted it. Check the link, or ask the sender." },
  "not-ready": { heading: "Not sent yet", problem: "The sender's upload is not complete. Wait a moment, then try again." },
  damaged: { heading: "The files are damaged", problem: "What the server holds is not what was sealed, so nothing was saved. Ask the sender to send the files again." },
  "too-large": { heading: "Not enough room here", problem: "There is not enough free room in this browser for so much. Free some space, or save the files one by one." },
  "unsupported-browser": { heading: "This browser cannot open it", problem: "It lacks the encryption or the private storage that this page needs, or the page was not opened over https. Use a normal window of a current Firefox, Chrome, Edge or Safari." },
  failed: { heading: "It did not work", problem: "Nothing was saved. Try again; it still counts as the same download." },
};
