import { isTransient } from "../transport/retry.js";
import { createDownloadRate, fetchInto } from "./downloader.js";
import { planDownload, sealedBytesTotal, sealedRangeOf } from "./plan.js";
import { archiveNames, baseNameOf } from "./save_names.js";
import { openSink } from "./sink.js";
import { createLayout, leading, partsStillHeld } from "./staged_parts.js";

const ZIP_ENTRY_OVERHEAD_BYTES = 200;
const ID_CHARACTERS_IN_NAME = 6;
const PAUSED = "paused";

/**
 * @typedef {Connection & {lease: Lease, signal: AbortSignal}} SavingRun
 * @typedef {{picked?: FileSystemHandle, earlier?: StagedFile}} OutputTarget
 */

/** @param {Manifest} manifest @returns {Entry[]} */
function entriesOf({ files }) {
  const names = archiveNames(files.map(({ path }) => path));
  return files.map(({ size, modified }, at) => ({ name: names[at], size, modified }));
}

/** @param {Entry[]} entries */
const zipOverheadBytes = (entries) =>
  entries.reduce((sum, { name }) => sum + ZIP_ENTRY_OVERHEAD_BYTES + 6 * name.length, ZIP_ENTRY_OVERHEAD_BYTES);

/**
 * What saving means: one file as itself, all of several as one archive, or each as a file below a folder.
 * @param {{id: string, manifest: Manifest, fileIndex: number|null, asFolder?: boolean}} wanted null: everything
 * @returns {SavePlan}
 */
export function planSave({ id, manifest, fileIndex, asFolder = false }) {
  const only = manifest.files.length === 1 ? 0 : fileIndex;
  const plan = planDownload(manifest, manifest.files.length === 1 ? null : fileIndex);
  const contentBytes = plan.end - plan.start;
  const savePlan = { plan, contentBytes, bytesNeeded: contentBytes, fetchedBytes: sealedBytesTotal(plan) };
  if (asFolder) return { ...savePlan, name: "", folderEntries: entriesOf(manifest) };
  if (only !== null) return { ...savePlan, name: baseNameOf(manifest.files[only].path) };
  const zipEntries = entriesOf(manifest);
  const bytesNeeded = contentBytes + zipOverheadBytes(zipEntries);
  return { ...savePlan, bytesNeeded, zipEntries, name: `sgraph-send-${id.slice(0, ID_CHARACTERS_IN_NAME)}.zip` };
}

/**
 * Whether what a stopped saving has in its sink may still become whole.
 * @param {Failure} error
 */
export const canGoOn = (error) => error.code === PAUSED || isTransient(error);

/**
 * Opens again what was staged before a reload; null, and nothing left of it, when not even that can be done.
 * @param {Pick<SavingRun, "signal"|"onPart"> & {open: (choice: OutputTarget) => Promise<Sink>, earlier: EarlierStaged, savePlan: SavePlan, pool: CryptoPool, contentKey: Bytes}} given
 */
async function reopenSink({ open, earlier, savePlan, pool, contentKey, signal, onPart }) {
  const { plan, zipEntries } = savePlan;
  const layoutOf = createLayout({ plan, zipEntries });
  /** @type {Sink|null} */
  let sink = null;
  try {
    const file = await earlier.staged.read();
    const held = await partsStillHeld({ plan, layoutOf, tagDigests: earlier.tagDigests, file, pool, contentKey, onPart, signal });
    sink = await open({ earlier: earlier.staged });
    const kept = sink.inOrder ? leading(held, plan) : held;
    await sink.keep(kept.flatMap((index) => layoutOf(index)?.stretches ?? []));
    for (const index of kept) onPart({ index, phase: "safe", sealedBytes: sealedRangeOf(plan, index).lengthBytes, isKept: true });
    return { sink, kept };
  } catch {
    if (!sink) signal.throwIfAborted();
    await (sink ? sink.discard() : earlier.staged.remove());
    return null;
  }
}

/**
 * One saving, from the sink to the verified whole. `run` opens and quota-checks the sink, takes the lease,
 * fetches and verifies. After a pause, or once the connection stayed away too long, another `run` goes on from
 * the last verified part, and so does a new page in the same tab. Any other failure discards the sink, so that
 * nothing looks complete.
 * @param {{savePlan: SavePlan, sinkWorkerUrl: string, picked?: FileSystemHandle, memory: StagedMemory, pool: CryptoPool,
 *          contentKey: Bytes}} saving `memory` as in staged_memory.js
 */
export function createSaving({ savePlan, sinkWorkerUrl, picked, memory, pool, contentKey }) {
  const { plan, contentBytes, bytesNeeded, zipEntries, folderEntries } = savePlan;
  /** @type {Set<number>} */
  const done = new Set();
  const rate = createDownloadRate();
  /** @type {Sink|null} */
  let sink = null;
  /** @type {EarlierStaged|null|undefined} */
  let earlier;

  /** @param {OutputTarget} target */
  const open = (target) => openSink({ workerUrl: sinkWorkerUrl, contentBytes, bytesNeeded, zipEntries, folderEntries, ...target });

  /** @param {Pick<SavingRun, "signal"|"onPart">} run */
  async function openAnySink({ signal, onPart }) {
    if (!picked) earlier = earlier === undefined ? await memory.take(savePlan) : earlier;
    const reopened = earlier && (await reopenSink({ open, earlier, savePlan, pool, contentKey, signal, onPart }));
    earlier = null;
    for (const index of reopened?.kept ?? []) done.add(index);
    const opened = reopened ? reopened.sink : await open({ picked });
    if (opened.fileName && !reopened) memory.begin(opened.fileName, savePlan);
    return opened;
  }

  /** @param {number} index @param {TagDigest} tagDigest */
  function onWritten(index, tagDigest) {
    if (sink?.fileName) memory.keepPart(index, tagDigest);
  }

  async function discard() {
    const discarded = sink;
    sink = null;
    done.clear();
    if (discarded?.fileName || earlier) memory.forget();
    await discarded?.discard();
    await earlier?.staged.remove();
    earlier = null;
  }

  return {
    discard,
    doneIndexes: () => [...done],
    /**
     * @param {SavingRun} run
     * @returns {Promise<{blob?: Blob, removeLater?: StagedFile["removeLater"]}>} without a blob where it was written in place
     */
    async run({ lease, signal, onPart, onWait }) {
      /** @type {Sink} */
      let target;
      try {
        target = sink ??= await openAnySink({ signal, onPart });
        await lease.take();
        await fetchInto({ plan, done, sink: target, rate, lease, pool, contentKey, signal, onPart, onWait, onWritten });
      } catch (/** @type {any} */ error) {
        if (!canGoOn(error)) await discard();
        throw error;
      }
      try {
        const blob = await target.finish();
        if (target.fileName) memory.forget();
        return { blob, removeLater: target.removeLater };
      } catch (error) {
        await discard();
        throw error;
      }
    },
  };
}
