import { fetchInto } from "./downloader.js";
import { planDownload, sealedBytesTotal } from "./plan.js";
import { archiveNames, baseNameOf } from "./save_names.js";
import { openSink } from "./sink.js";

const ZIP_ENTRY_OVERHEAD_BYTES = 200;
const ID_CHARACTERS_IN_NAME = 6;

function zipEntriesOf({ files }) {
  const names = archiveNames(files.map(({ path }) => path));
  return files.map(({ size, modified }, at) => ({ name: names[at], size, modified }));
}

function zipOverheadBytes(entries) {
  return entries.reduce((sum, { name }) => sum + ZIP_ENTRY_OVERHEAD_BYTES + 6 * name.length, ZIP_ENTRY_OVERHEAD_BYTES);
}

/**
 * What saving means: one file as itself, all of several as one archive.
 * @param {{id: string, manifest: object, fileIndex: number|null}} wish null: everything
 */
export function planSave({ id, manifest, fileIndex }) {
  const only = manifest.files.length === 1 ? 0 : fileIndex;
  const plan = planDownload(manifest, manifest.files.length === 1 ? null : fileIndex);
  const fetchedBytes = sealedBytesTotal(plan);
  if (only !== null) {
    const { path, size } = manifest.files[only];
    return { plan, fetchedBytes, name: baseNameOf(path), bytesNeeded: size, zipEntries: undefined };
  }
  const zipEntries = zipEntriesOf(manifest);
  const bytesNeeded = plan.end + zipOverheadBytes(zipEntries);
  return { plan, fetchedBytes, name: `sgraph-send-${id.slice(0, ID_CHARACTERS_IN_NAME)}.zip`, bytesNeeded, zipEntries };
}

/**
 * Opens and quota-checks the sink, takes the lease, fetches and verifies. On any failure the sink is
 * discarded, so that nothing looks complete.
 * @returns {Promise<{blob: Blob, removeLater: (sizeBytes: number, onRemoved: () => void) => void}>}
 */
export async function save({ wish, sinkWorkerUrl, lease, ...fetching }) {
  const { bytesNeeded, zipEntries, plan } = wish;
  const sink = await openSink({ workerUrl: sinkWorkerUrl, bytesNeeded, zipEntries });
  try {
    await lease.take();
    await fetchInto({ plan, lease, sink, ...fetching });
    return { blob: await sink.finish(), removeLater: sink.removeLater };
  } catch (error) {
    await sink.discard();
    throw error;
  }
}
