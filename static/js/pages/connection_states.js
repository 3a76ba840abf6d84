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
  /** @type {Map<number, number>} when each part that is in flight last moved */
  const movedAt = new Map();

  /** @param {string} state @param {Message} [message] */
  function show(state, message = {}) {
    screen.show(state, { focus: false, ...message });
  }

  return {
    /** @param {Wait} wait */
    onWait({ index = -1, offline, error }) {
      panel.onWait();
      movedAt.delete(index);
      if (isPaused) return;
      const isMoving = [...movedAt.values()].some((at) => performance.now() - at < STANDSTILL_MS);
      if (error.code === "server_busy" && !isMoving) return show("busy");
      if (!offline && error.code !== "network") return;
      wasAway = true;
      show("offline");
    },
    /** @param {PartProgress} part */
    onPart(part) {
      if (part.phase === "moving") movedAt.set(part.index, performance.now());
      else movedAt.delete(part.index);
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
