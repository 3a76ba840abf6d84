import { createDownloadRate, fetchInto } from "./downloader.js";
import { planDownload, sealedBytesTotal } from "./plan.js";

/**
 * What reading one file into memory fetches.
 * @param {Manifest} manifest
 * @param {number} fileIndex
 */
export function planReading(manifest, fileIndex) {
  const plan = planDownload(manifest, fileIndex);
  return { plan, fetchedBytes: sealedBytesTotal(plan) };
}

/**
 * The bytes of one small file, once every part that holds them was verified. Takes the lease.
 * @param {Connection & {plan: DownloadPlan, lease: Lease, pool: CryptoPool, contentKey: Bytes, signal: AbortSignal}} reading
 * @returns {Promise<Bytes>}
 */
export async function readWhole({ plan, lease, ...fetching }) {
  const bytes = new Uint8Array(plan.end - plan.start);
  /** @type {WritableSink} */
  const sink = { inOrder: false, write: async (piece, at) => bytes.set(piece, at) };
  await lease.take();
  await fetchInto({ plan, done: new Set(), sink, rate: createDownloadRate(), lease, ...fetching });
  return bytes;
}
