import { createDownloadRate, fetchInto } from "./downloader.js";
import { planDownload, sealedBytesTotal } from "./plan.js";

/** What reading one file into memory fetches. */
export function planReading(manifest, fileIndex) {
  const plan = planDownload(manifest, fileIndex);
  return { plan, fetchedBytes: sealedBytesTotal(plan) };
}

/**
 * The bytes of one small file, once every part that holds them was verified. Takes the lease.
 * @param {{plan: object, lease: object, pool: object, contentKey: Uint8Array, signal: AbortSignal,
 *          onPart: Function, onWait: Function}} reading
 * @returns {Promise<Uint8Array>}
 */
export async function readWhole({ plan, lease, ...fetching }) {
  const bytes = new Uint8Array(plan.end - plan.start);
  const sink = { inOrder: false, write: async (piece, at) => bytes.set(piece, at) };
  await lease.take();
  await fetchInto({ plan, done: new Set(), sink, rate: createDownloadRate(), lease, ...fetching });
  return bytes;
}
