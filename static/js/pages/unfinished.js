import { listParts } from "../transport/api.js";
import { isGone, matchFiles, planAgain } from "../upload/continuation.js";
import { filesOfRoots } from "../upload/kept_handles.js";
import { forgetUpload, listUnfinished } from "../upload/resume_record.js";
import { uploadsAtWork } from "../upload/upload_lock.js";
import { abortTransfer, ownerOf } from "../upload/uploader.js";
import { createUnfinishedOffer } from "../ui/send_unfinished.js";

/**
 * How much of it is stored, in percent; null when the server could not say; "gone" when nothing is left.
 * @param {KeptUpload} kept
 * @param {string} [accessToken]
 */
async function storedPercentOf({ transfer, plan, sealedManifest }, accessToken) {
  if (Date.parse(transfer.expiresAt) < Date.now()) return "gone";
  try {
    const { parts } = await listParts(transfer.id, ownerOf({ ...transfer, accessToken }));
    const storedBytes = parts.reduce((sum, { size_bytes: sizeBytes }) => sum + sizeBytes, 0);
    return Math.floor((storedBytes * 100) / plan.payloadBytes);
  } catch (/** @type {any} */ error) {
    return isGone(error) && !sealedManifest ? "gone" : null;
  }
}

/**
 * Uploads of this browser that are not finished, one at a time, the latest first.
 * @param {HTMLElement} section
 * @param {{onGoOn: (unfinished: KeptUpload, plan: UploadPlan|null) => void, onRefused: (error: Failure) => void,
 *          onForgotten: () => void, typedToken: () => string|undefined}} page `typedToken` of the form: what was typed there still counts here
 */
export function createUnfinished(section, { onGoOn, onRefused, onForgotten, typedToken }) {
  const offer = createUnfinishedOffer(section, { onContinue, onChosen, onForget });
  /** @type {Map<string, ChosenFile[]>} */
  const stillHere = new Map();
  /** @type {Set<string>} */
  const askedForHandles = new Set();
  /** @type {KeptUpload|null} */
  let current = null;
  /** @type {number|null} */
  let storedPercent = null;
  /** @type {ChosenFile[]} */
  let gathered = [];
  let takesToken = false;

  const accessToken = () => (takesToken ? offer.token() || typedToken() : undefined);

  /**
   * Without its access token the server would not say.
   * @param {KeptUpload} unfinished
   */
  async function askStoredPercent(unfinished) {
    return takesToken && !accessToken() ? null : storedPercentOf(unfinished, accessToken());
  }

  async function next() {
    const atWork = await uploadsAtWork();
    for (const unfinished of await listUnfinished()) {
      if (atWork.has(unfinished.id)) continue;
      const storedPercent = await askStoredPercent(unfinished);
      if (storedPercent !== "gone") return { unfinished, storedPercent };
      await forgetUpload(unfinished.id);
    }
    return null;
  }

  /**
   * The browser's handles are tried once a page: after a refusal the files are chosen.
   * @param {KeptUpload} kept
   */
  function hasHandles({ id, roots }) {
    return Boolean(roots?.length) && !askedForHandles.has(id);
  }

  /** @param {KeptUpload} kept */
  function showOffer(kept) {
    const needsFiles = !kept.sealedManifest && !stillHere.has(kept.id);
    offer.show({ files: kept.plan.files, storedPercent, needsFiles, hasHandles: hasHandles(kept) });
  }

  async function refresh() {
    const found = await next();
    current = found?.unfinished ?? null;
    gathered = [];
    if (!found) return offer.hide();
    ({ storedPercent } = found);
    showOffer(found.unfinished);
  }

  /** @param {KeptUpload} kept @returns {string} */
  function firstMissing(kept) {
    try {
      matchFiles(kept, gathered);
    } catch (/** @type {any} */ error) {
      if (error.detail) return error.detail.firstMissing;
    }
    return kept.plan.files[0].chosenPath;
  }

  function onContinue() {
    if (!current) return;
    if (current.sealedManifest) return onGoOn(current, null);
    const files = stillHere.get(current.id);
    if (files) return goOnWith(current, files);
    if (hasHandles(current)) return goOnWithHandles(current);
    offer.openChooser(firstMissing(current).includes("/"));
  }

  /** @param {ChosenFile[]} chosen */
  function onChosen(chosen) {
    gathered = gathered.concat(chosen);
    if (current) goOnWith(current, gathered);
  }

  /** @param {KeptUpload} kept */
  async function goOnWithHandles(kept) {
    askedForHandles.add(kept.id);
    try {
      const found = await filesOfRoots(kept);
      if (current !== kept) return;
      gathered = found;
      goOnWith(kept, gathered);
    } catch (/** @type {any} */ error) {
      onRefused(error);
    }
    if (current === kept) showOffer(kept);
  }

  /** @param {KeptUpload} kept @param {ChosenFile[]} chosen */
  function goOnWith(kept, chosen) {
    let plan;
    try {
      plan = planAgain(kept, matchFiles(kept, chosen));
    } catch (/** @type {any} */ error) {
      if (error.code !== "files_missing") gathered = [];
      return onRefused(error);
    }
    gathered = [];
    onGoOn(kept, plan);
  }

  async function onForget() {
    if (!current) return;
    const { transfer } = current;
    await forgetUpload(transfer.id);
    abortTransfer({ ...transfer, accessToken: accessToken() }).catch(() => {});
    await refresh();
    onForgotten();
  }

  return {
    refresh,
    /**
     * Whether the server asks for an access token, which is not kept: after a reload it is typed again.
     * @param {boolean} takes
     */
    setTakesToken(takes) {
      takesToken = takes;
      offer.showTokenField(takes);
    },
    accessToken,
    focusToken: offer.focusToken,
    /**
     * The files of an upload that failed while this page stayed open.
     * @param {string} id
     * @param {UploadPlan} plan
     */
    keepFiles: (id, plan) => stillHere.set(id, plan.files.map(({ file, chosenPath }) => ({ file, path: chosenPath }))),
    /**
     * Files that turned out to be others are not offered again.
     * @param {string} id
     */
    dropFiles: (id) => stillHere.delete(id),
  };
}
