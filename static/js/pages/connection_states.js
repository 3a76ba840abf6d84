/**
 * The states of a connection that comes and goes: offline while it is waited for, resumed until the next
 * part is acknowledged, then working again.
 * @param {PageScreen} screen
 * @param {ProgressPanel} panel
 * @returns {Connection}
 */
export function createConnectionStates(screen, panel) {
  return {
    onWait({ offline, error }) {
      panel.onWait();
      if (offline || error.code === "network") screen.show("offline", { focus: false });
    },
    onPart(part) {
      if (part.phase === "moving" && screen.state() === "offline") screen.show("resumed", { focus: false });
      if (part.phase === "safe" && ["offline", "resumed"].includes(screen.state())) screen.show("working", { focus: false });
      panel.onPart(part);
    },
  };
}
