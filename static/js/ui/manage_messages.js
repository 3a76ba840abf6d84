/**
 * What the manage page says in each of its states: what happened, then what to do.
 * @type {Record<string, Message>}
 */
export const manageMessages = {
  loading: { heading: "Your transfer", lede: "Asking the server…" },
  ready: { heading: "Your transfer", lede: "Only somebody with this manage link can see this page. It does not hold the key to the files." },
  deleted: { heading: "Deleted", lede: "" },
  expired: { heading: "Your transfer has expired", lede: "Nobody can start a download any more." },
  "used-up": { heading: "No downloads are left", lede: "Nobody can start a download any more." },
  "not-ready": { heading: "Not complete yet", lede: "The upload was not finished, so nobody can download anything. You can still delete it." },
  "no-key": { heading: "This manage link is not whole", problem: "The part after # is missing, and without it the server cannot know you as the sender. Use the whole manage link that you got after sending." },
  "wrong-key": { heading: "This is not the manage link", problem: "The part after # does not belong to this transfer. Use the manage link that you got after sending, not the link you shared." },
  "too-many-tries": { heading: "Too many tries", problem: "There were too many tries. Wait a minute, then try again.", over: "You can try again now." },
  "not-found": { heading: "Nothing is here", problem: "There is no transfer at this address. It may have been deleted already; then nothing is left to do." },
  failed: { heading: "It did not work", problem: "The server did not do what was asked. Wait a moment, then try again." },
};

export const STOPPED = { heading: "You stopped new downloads", lede: "Nobody can start one any more. Those under way may finish; then the sealed files are removed." };
export const CHANGED = "Saved. It holds from now on.";
export const REFUSED = "This could not be changed: meanwhile downloads were started, or time ran out. Above is how it is now.";

/** @type {Record<string, string>} */
const GONE = {
  expired: "Its time was over, and the sealed files are gone from the server.",
  exhausted: "It allowed no more downloads, and the sealed files are gone from the server.",
};

/** @param {{receipt: {reason: string}|null}} status of a transfer that is being deleted or is deleted */
export function deletedLede({ receipt }) {
  if (receipt) return GONE[receipt.reason] ?? "The sealed files are gone from the server, and the link leads nowhere now.";
  return "Nobody can download any more. The storage is not answering just now; the server removes the sealed files as soon as it does, and the receipt then appears here.";
}
