const STANDSTILL_MS = 1000;

/**
 * What the page shows while parts are on their way: the usual state, offline while a connection is waited for, busy
 * while the server makes us wait, resumed until the next part is acknowledged, and paused.
 * @param {PageScreen} screen
 * @param {ProgressPanel} panel
 * @param {{usual?: string, back?: Message}} [how] `back`: what `resumed` says after the connection was gone
 */
export function createConnectionStates(screen, panel, { usual = "working", back = {} } = {}) {
  let isPaused = false;
  let wasAway = false;
  let movedAt = -Infinity;

  /** @param {string} state @param {Message} [message] */
  function show(state, message = {}) {
    screen.show(state, { focus: false, ...message });
  }

  return {
    /** @param {Wait} wait */
    onWait({ offline, error }) {
      panel.onWait();
      if (isPaused) return;
      const stands = performance.now() - movedAt > STANDSTILL_MS;
      if (error.code === "server_busy" && stands && screen.state() !== "offline") return show("busy");
      if (!offline && error.code !== "network") return;
      wasAway = true;
      show("offline");
    },
    /** @param {PartProgress} part */
    onPart(part) {
      if (part.phase === "moving") movedAt = performance.now();
      if (!isPaused && part.phase === "moving" && screen.state() === "offline") show("resumed", back);
      if (!isPaused && part.phase === "moving" && screen.state() === "busy") show(usual);
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
