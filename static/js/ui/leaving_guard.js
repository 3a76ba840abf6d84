/** Asks before the page is left while work is under way. */
export function createLeavingGuard() {
  /** @param {Event} event */
  const ask = (event) => event.preventDefault();
  let isOn = false;
  return {
    isOn: () => isOn,
    on() {
      isOn = true;
      addEventListener("beforeunload", ask);
    },
    off() {
      isOn = false;
      removeEventListener("beforeunload", ask);
    },
  };
}
