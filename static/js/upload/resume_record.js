import { rootsOf } from "./kept_handles.js";

const DATABASE = "sgraph-send";
const VERSION = 1;
const UPLOADS = "uploads";
const PARTS = "upload-parts";

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function openDatabase() {
  const request = indexedDB.open(DATABASE, VERSION);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(UPLOADS, { keyPath: "id" });
    request.result.createObjectStore(PARTS, { keyPath: ["id", "index"] });
  };
  return settled(request);
}

/** @param {string} id */
const partsRange = (id) => IDBKeyRange.bound([id, 0], [id, Infinity]);

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(uploads: IDBObjectStore, parts: IDBObjectStore) => Promise<T>} work
 */
async function inTransaction(mode, work) {
  const database = await openDatabase();
  try {
    const transaction = database.transaction([UPLOADS, PARTS], mode);
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(undefined);
      transaction.onabort = () => reject(transaction.error);
    });
    const result = await work(transaction.objectStore(UPLOADS), transaction.objectStore(PARTS));
    await done;
    return result;
  } finally {
    database.close();
  }
}

/**
 * Unfinished uploads of this browser, the latest first. Where nothing can be kept there are none.
 * @returns {Promise<KeptUpload[]>}
 */
export async function listUnfinished() {
  try {
    const databases = await indexedDB.databases?.();
    if (databases && !databases.some(({ name }) => name === DATABASE)) return [];
    const uploads = await inTransaction("readonly", (store) => settled(store.getAll()));
    return uploads.sort((a, b) => b.beganAt - a.beganAt);
  } catch {
    return [];
  }
}

/**
 * @param {string} id
 * @returns {Promise<Map<number, TagDigest>>}
 */
export async function keptParts(id) {
  const rows = await inTransaction("readonly", (_, parts) => settled(parts.getAll(partsRange(id))));
  return new Map(rows.map(({ index, header, tagsDigest }) => [index, { header, tagsDigest }]));
}

/**
 * Erases all that was kept of an upload.
 * @param {string} id
 */
export async function forgetUpload(id) {
  await inTransaction("readwrite", (uploads, parts) => {
    parts.delete(partsRange(id));
    return settled(uploads.delete(id));
  });
}

/** For what is not to be continued: a note, or a browser that keeps nothing. */
/** @type {UploadRecord} */
export const noRecord = { keepPart: async () => {}, keepManifest: async () => {}, erase: async () => {} };

/**
 * The record of an upload that was kept earlier.
 * @param {string} id
 * @returns {UploadRecord}
 */
export function openRecord(id) {
  let works = true;
  /** @param {(uploads: IDBObjectStore, parts: IDBObjectStore) => Promise<unknown>} write */
  async function attempt(write) {
    if (!works) return;
    try {
      await inTransaction("readwrite", write);
    } catch {
      works = false;
    }
  }
  return {
    keepPart: (index, part) => attempt((_, parts) => settled(parts.put({ id, index, ...part }))),
    keepManifest: (sealedManifest) =>
      attempt(async (uploads) => settled(uploads.put({ ...(await settled(uploads.get(id))), sealedManifest }))),
    erase: () => forgetUpload(id).catch(() => {}),
  };
}

/**
 * With the handles where the browser can store them.
 * @param {KeptUpload} kept
 * @param {FileSystemHandle[]} roots
 */
async function putUpload(kept, roots) {
  const put = (/** @type {KeptUpload} */ upload) => inTransaction("readwrite", (uploads) => settled(uploads.put(upload)));
  if (roots.length === 0) return put(kept);
  return put({ ...kept, roots }).catch(() => put(kept));
}

/**
 * Keeps what is needed to go on after a reload, without a byte of the files, the passphrase and the access token.
 * @param {{transfer: BegunTransfer, plan: UploadPlan, wish: Delivery}} upload
 * @returns {Promise<UploadRecord>} a record that can be written to; one that does nothing where nothing can be kept
 */
export async function keepUpload({ transfer, plan, wish }) {
  const files = plan.files.map(({ path, chosenPath, type, sizeBytes, lastModified }) => {
    return { path, chosenPath, type, sizeBytes, lastModified };
  });
  const { kind, padBytes, partCount, payloadBytes } = plan;
  const planned = { kind, padBytes, partCount, payloadBytes, files };
  const { accessToken: _, ...keptTransfer } = transfer;
  const kept = { id: transfer.id, beganAt: Date.now(), transfer: keptTransfer, wish, plan: planned };
  try {
    await putUpload(kept, rootsOf(plan.files));
  } catch {
    return noRecord;
  }
  return openRecord(transfer.id);
}

