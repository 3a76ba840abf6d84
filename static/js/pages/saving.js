import { pickFile, pickFolder } from "../download/pickers.js";
import { sealedRangeOf } from "../download/plan.js";
import { canGoOn, createSaving, planSave } from "../download/saver.js";
import { SendError } from "../errors.js";
import { elementOf } from "../ui/elements.js";
import { createLeavingGuard } from "../ui/leaving_guard.js";
import { createProgressPanel } from "../ui/progress_panel.js";
import { createConnectionStates } from "./connection_states.js";

/** @type {Record<SaveHow, (savePlan: SavePlan) => Promise<FileSystemHandle|null|undefined>>} */
const PICK = { download: async () => undefined, file: ({ name }) => pickFile(name), folder: pickFolder };

/**
 * The progress panel of a plan, with what is done already, and the states of its connection.
 * @param {{main: HTMLElement, screen: PageScreen, plan: DownloadPlan, fetchedBytes: number, doneIndexes?: number[]}} work
 */
export function startProgress({ main, screen, plan, fetchedBytes, doneIndexes = [] }) {
  const onPercent = (/** @type {number} */ percent) => screen.titlePercent(percent, "fetched and opened");
  const work = { partIndexes: plan.indexes, totalBytes: fetchedBytes, onPercent };
  const panel = createProgressPanel(elementOf(main, ".progress", HTMLElement), work);
  for (const index of doneIndexes) panel.onPart({ index, phase: "safe", sealedBytes: sealedRangeOf(plan, index).lengthBytes });
  panel.onWait();
  return createConnectionStates(screen, panel);
}

/**
 * Saving on the download page: where to, how far, paused, gone on, cancelled.
 * @param {DownloadPage} page
 */
export function createSavingFlow({ id, main, screen, list, pool, sinkWorkerUrl, kept, memory, leaseUse, opened, showFailure }) {
  const leaving = createLeavingGuard();
  /** @type {{fileIndex: number|null, how: SaveHow, savePlan: SavePlan, picked: FileSystemHandle|undefined, saving: Saving}|null} */
  let current = null;
  let stopping = new AbortController();

  async function dropCurrent() {
    const dropped = current;
    current = null;
    await dropped?.saving.discard();
  }

  /** @param {NonNullable<typeof current>} chosen @param {AbortSignal} signal */
  async function run({ fileIndex, how, savePlan, picked, saving }, signal) {
    const connection = startProgress({ main, screen, ...savePlan, doneIndexes: saving.doneIndexes() });
    screen.show("working");
    const lease = leaseUse.lease({ signal, onWait: connection.onWait });
    const whole = await saving.run({ lease, signal, ...connection });
    current = null;
    const { blob } = whole;
    if (blob) kept.download(fileIndex, savePlan.name, { ...whole, blob });
    list.markSaved(fileIndex);
    await leaseUse.saved(lease, fileIndex);
    screen.show("done", { lede: list.savedText({ how, name: picked?.name ?? savePlan.name }) });
  }

  async function goOn() {
    if (!current || leaving.isOn()) return;
    stopping = new AbortController();
    leaving.on();
    try {
      await run(current, stopping.signal);
    } catch (/** @type {any} */ error) {
      stopping.abort(error);
      if (!canGoOn(error)) current = null;
      if (error.code === "paused") screen.show("paused");
      else showFailure(error, { whileSaving: true });
    } finally {
      leaving.off();
    }
  }

  /** @param {number|null} fileIndex @param {SaveHow} [how] */
  async function save(fileIndex, how = "download") {
    if (leaving.isOn() || (how === "download" && kept.again(fileIndex))) return;
    try {
      const savePlan = planSave({ id, manifest: opened().manifest, fileIndex, asFolder: how === "folder" });
      const picked = await PICK[how](savePlan);
      if (picked === null) return;
      await dropCurrent();
      const saving = createSaving({ savePlan, sinkWorkerUrl, picked, memory, pool, contentKey: opened().keys.content });
      current = { fileIndex, how, savePlan, picked, saving };
    } catch (/** @type {any} */ error) {
      return showFailure(error, { whileSaving: true });
    }
    await goOn();
  }

  return {
    isBusy: leaving.isOn,
    save,
    goOn,
    /**
     * Goes on where a connection was lost, or begins the same saving again.
     * @param {number|null} fileIndex null: everything
     * @param {SaveHow} how
     */
    retry: (fileIndex, how) => (current ? goOn() : save(fileIndex, how)),
    pause: () => stopping.abort(new SendError("paused", "Paused.")),
    async cancel() {
      if (leaving.isOn()) return stopping.abort(new SendError("cancelled", "Cancelled."));
      await dropCurrent();
      screen.show("cancelled", { code: "cancelled" });
    },
  };
}
