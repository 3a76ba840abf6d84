/** What the landing page says in each of its states: what happened, then what to do. */
export const sendWords = {
  empty: {
    title: "Send files only their reader can open",
    heading: "Send files only their reader can open.",
    lede: "Your browser seals them before they leave. The key travels in the link, never to the server.",
  },
  ready: { heading: "Ready to seal", lede: "Nothing has left this device yet." },
  working: { heading: "Sealing and sending", lede: "Keep this page open until the link appears." },
  paused: { heading: "Paused", lede: "Nothing is being sent. Continue when you like; what is stored stays stored." },
  offline: { heading: "The connection is gone", lede: "What is stored stays stored. Keep this page open: it goes on by itself as soon as you are back." },
  resumed: { heading: "Back, and going on", lede: "The connection returned. Sending continues where it stopped." },
  done: { heading: "Sealed. Share the link.", lede: "" },
  cancelled: { heading: "Cancelled", problem: "Sending was stopped and no link was made. Your files are still listed below: send again, or choose others." },
  "too-large": { heading: "That is too much at once", problem: "Together the files are larger than this server takes. Remove some, then send." },
  "not-allowed": { heading: "Uploading needs a token", problem: "This server takes files only with its access token, and this one was missing or not right. Enter the token you were given, then send." },
  "too-many-tries": { heading: "Too many tries", problem: "There were too many tries from here. Wait a minute, then send again." },
  "unsupported-browser": { heading: "This browser cannot seal files", problem: "It lacks the encryption that this page needs, or the page was not opened over https. Use a current Firefox, Chrome, Edge or Safari." },
  failed: { heading: "It was not sent", problem: "Sending stopped before it was complete, and no link was made. Your files are still listed below: try again." },
};
