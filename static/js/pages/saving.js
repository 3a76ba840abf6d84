import { pickFile, pickFolder } from "../download/pickers.js";
import { sealedRangeOf } from "../download/plan.js";
import { canGoOn, createSaving, planSave } from "../download/saver.js";
import { SendError } from "../errors.js";
import { createLeavingGuard } from "../ui/leaving_guard.js";
import { createProgressPanel } from "../ui/progress_panel.js";
import { createConnectionStates } from "./connection_states.js";

const PICK = { download: async () => undefined, file: ({ name }) => pickFile(name), folder: pickFolder };

/** The progress panel of a plan, with what is done already, and the states of its connection. */
export function startProgress({ main, screen, plan, fetchedBytes, doneIndexes = [] }) {
  const onPercent = (percent) => screen.titlePercent(percent, "fetched and opened");
  const work = { partIndexes: plan.indexes, totalBytes: fetchedBytes, onPercent };
  const panel = createProgressPanel(main.querySelector(".progress"), work);
  for (const index of doneIndexes) panel.onPart({ index, phase: "safe", sealedBytes: sealedRangeOf(plan, index).lengthBytes });
  panel.onWait();
  return createConnectionStates(screen, panel);
}

/**
 * Saving on the download page: where to, how far, paused, gone on, cancelled.
 * @param {{id: string, main: HTMLElement, screen: object, list: object, pool: object, sinkWorkerUrl: string,
 *          kept: object, memory: object, leaseUse: object, opened: () => object, showFailure: (error: Error) => void}} page
 */
export function createSavingFlow({ id, main, screen, list, pool, sinkWorkerUrl, kept, memory, leaseUse, opened, showFailure }) {
  const leaving = createLeavingGuard();
  let current = null;
  let stopping = null;

  async function dropCurrent() {
    const dropped = current;
    current = null;
    await dropped?.saving.discard();
  }

  async function run() {
    const { fileIndex, how, wish, picked, saving } = current;
    const { signal } = stopping;
    const connection = startProgress({ main, screen, ...wish, doneIndexes: saving.doneIndexes() });
    screen.show("working");
    const lease = leaseUse.lease({ signal, onWait: connection.onWait });
    const whole = await saving.run({ lease, signal, ...connection });
    current = null;
    if (whole.blob) kept.download(fileIndex, wish.name, whole);
    list.markSaved(fileIndex);
    await leaseUse.saved(lease, fileIndex);
    screen.show("done", { lede: list.savedText({ how, name: picked?.name ?? wish.name }) });
  }

  async function goOn() {
    if (!current || leaving.isOn()) return;
    stopping = new AbortController();
    leaving.on();
    try {
      await run();
    } catch (error) {
      stopping.abort(error);
      if (!canGoOn(error)) current = null;
      if (error.code === "paused") screen.show("paused");
      else showFailure(error, { whileSaving: true });
    } finally {
      leaving.off();
    }
  }

  async function save(fileIndex, how = "download") {
    if (leaving.isOn() || (how === "download" && kept.again(fileIndex))) return;
    try {
      const wish = planSave({ id, manifest: opened().manifest, fileIndex, asFolder: how === "folder" });
      const picked = await PICK[how](wish);
      if (picked === null) return;
      await dropCurrent();
      const saving = createSaving({ wish, sinkWorkerUrl, picked, memory, pool, contentKey: opened().keys.content });
      current = { fileIndex, how, wish, picked, saving };
    } catch (error) {
      return showFailure(error, { whileSaving: true });
    }
    await goOn();
  }

  return {
    isBusy: leaving.isOn,
    /** @param {number|null} fileIndex null: everything @param {"download"|"file"|"folder"} how */
    save,
    goOn,
    /** Goes on where a connection was lost, or begins the same saving again. */
    retry: (fileIndex, how) => (current ? goOn() : save(fileIndex, how)),
    pause: () => stopping?.abort(new SendError("paused", "Paused.")),
    async cancel() {
      if (leaving.isOn()) return stopping.abort(new SendError("cancelled", "Cancelled."));
      await dropCurrent();
      screen.show("cancelled", { code: "cancelled" });
    },
  };
}
