import { isTransient } from "../transport/retry.js";
import { fetchInto } from "./downloader.js";
import { createPace } from "./pace.js";
import { planDownload, sealedBytesTotal } from "./plan.js";
import { archiveNames, baseNameOf } from "./save_names.js";
import { openSink } from "./sink.js";

const ZIP_ENTRY_OVERHEAD_BYTES = 200;
const ID_CHARACTERS_IN_NAME = 6;
const PAUSED = "paused";

function entriesOf({ files }) {
  const names = archiveNames(files.map(({ path }) => path));
  return files.map(({ size, modified }, at) => ({ name: names[at], size, modified }));
}

function zipOverheadBytes(entries) {
  return entries.reduce((sum, { name }) => sum + ZIP_ENTRY_OVERHEAD_BYTES + 6 * name.length, ZIP_ENTRY_OVERHEAD_BYTES);
}

/**
 * What saving means: one file as itself, all of several as one archive, or each as a file below a folder.
 * @param {{id: string, manifest: object, fileIndex: number|null, asFolder?: boolean}} wish null: everything
 */
export function planSave({ id, manifest, fileIndex, asFolder = false }) {
  const only = manifest.files.length === 1 ? 0 : fileIndex;
  const plan = planDownload(manifest, manifest.files.length === 1 ? null : fileIndex);
  const contentBytes = plan.end - plan.start;
  const wish = { plan, contentBytes, bytesNeeded: contentBytes, fetchedBytes: sealedBytesTotal(plan) };
  if (asFolder) return { ...wish, name: "", folderEntries: entriesOf(manifest) };
  if (only !== null) return { ...wish, name: baseNameOf(manifest.files[only].path) };
  const zipEntries = entriesOf(manifest);
  const bytesNeeded = contentBytes + zipOverheadBytes(zipEntries);
  return { ...wish, bytesNeeded, zipEntries, name: `sgraph-send-${id.slice(0, ID_CHARACTERS_IN_NAME)}.zip` };
}

/** Whether what a stopped saving has in its sink may still become whole. */
export function canGoOn(error) {
  return error.code === PAUSED || isTransient(error);
}

/**
 * One saving, from the sink to the verified whole. `run` opens and quota-checks the sink, takes the lease,
 * fetches and verifies. After a pause, or once the connection stayed away too long, another `run` goes on from
 * the last verified part; any other failure discards the sink, so that nothing looks complete.
 * @param {{wish: object, sinkWorkerUrl: string, picked?: FileSystemHandle, pool: object, contentKey: Uint8Array}} saving
 */
export function createSaving({ wish, sinkWorkerUrl, picked, pool, contentKey }) {
  const { plan, contentBytes, bytesNeeded, zipEntries, folderEntries } = wish;
  const done = new Set();
  const pace = createPace();
  let sink = null;

  async function discard() {
    const discarded = sink;
    sink = null;
    done.clear();
    await discarded?.discard();
  }

  return {
    discard,
    doneIndexes: () => [...done],
    /**
     * @param {{lease: object, signal: AbortSignal, onPart: Function, onWait: Function}} run
     * @returns {Promise<{blob?: Blob, removeLater?: Function}>} without a blob where it was written in place
     */
    async run({ lease, signal, onPart, onWait }) {
      try {
        sink ??= await openSink({ workerUrl: sinkWorkerUrl, contentBytes, bytesNeeded, picked, zipEntries, folderEntries });
        await lease.take();
        await fetchInto({ plan, done, sink, pace, lease, pool, contentKey, signal, onPart, onWait });
      } catch (error) {
        if (!canGoOn(error)) await discard();
        throw error;
      }
      try {
        return { blob: await sink.finish(), removeLater: sink.removeLater };
      } catch (error) {
        await discard();
        throw error;
      }
    },
  };
}
