import { backMessages } from "../ui/send_messages.js";

/**
 * What the page shows while parts are on their way: working (or, after a reload, resumed), paused, offline
 * while a connection is waited for, and resumed until the next part is acknowledged.
 * @param {PageScreen} screen
 * @param {ProgressPanel} panel
 * @param {boolean} isContinued
 */
export function createSendingStates(screen, panel, isContinued) {
  const usual = isContinued ? "resumed" : "working";
  let isPaused = false;
  let wasAway = false;

  /** @param {string} state @param {Message} [message] */
  function show(state, message = {}) {
    screen.show(state, { focus: false, ...message });
  }

  return {
    /** @param {Wait} wait */
    onWait({ offline, error }) {
      panel.onWait();
      if (isPaused || !(offline || error.code === "network")) return;
      wasAway = true;
      show("offline");
    },
    /** @param {PartProgress} part */
    onPart(part) {
      if (!isPaused && part.phase === "moving" && screen.state() === "offline") show("resumed", backMessages);
      if (!isPaused && wasAway && part.phase === "safe") {
        wasAway = false;
        show(usual);
      }
      panel.onPart(part);
    },
    onPause() {
      isPaused = true;
      panel.onPause();
      show("paused");
    },
    onResume() {
      isPaused = false;
      wasAway = false;
      show(usual);
    },
  };
}
