import { listParts } from "../transport/api.js";
import { isGone, matchFiles, planAgain } from "../upload/continuation.js";
import { filesOfRoots } from "../upload/kept_handles.js";
import { forgetUpload, listUnfinished } from "../upload/resume_record.js";
import { uploadsAtWork } from "../upload/upload_lock.js";
import { abortTransfer, ownerOf } from "../upload/uploader.js";
import { createUnfinishedOffer } from "../ui/send_unfinished.js";

/** How much of it is stored, in percent; null when the server could not say; "gone" when nothing is left. */
async function storedPercentOf({ transfer, plan, sealedManifest }, accessToken) {
  if (Date.parse(transfer.expiresAt) < Date.now()) return "gone";
  try {
    const { parts } = await listParts(transfer.id, ownerOf({ ...transfer, accessToken }));
    const storedBytes = parts.reduce((sum, { size_bytes: sizeBytes }) => sum + sizeBytes, 0);
    return Math.floor((storedBytes * 100) / plan.payloadBytes);
  } catch (error) {
    return isGone(error) && !sealedManifest ? "gone" : null;
  }
}

/**
 * Uploads of this browser that are not finished, one at a time, the latest first.
 * @param {HTMLElement} section
 * @param {{onGoOn: (unfinished: object, plan: object|null) => void, onRefused: (error: Error) => void, onForgotten: () => void,
 *          typedToken: () => string|undefined}} page `typedToken` of the form: what was typed there still counts here
 */
export function createUnfinished(section, { onGoOn, onRefused, onForgotten, typedToken }) {
  const offer = createUnfinishedOffer(section, { onContinue, onChosen, onForget });
  const stillHere = new Map();
  const askedForHandles = new Set();
  let current = null;
  let storedPercent = null;
  let gathered = [];
  let takesToken = false;

  const accessToken = () => (takesToken ? offer.token() || typedToken() : undefined);

  /** Without its access token the server would not say. */
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

  function needsFiles() {
    return !current.sealedManifest && !stillHere.has(current.id);
  }

  /** The browser's handles are tried once a page: after a refusal the files are chosen. */
  function hasHandles() {
    return Boolean(current.roots?.length) && !askedForHandles.has(current.id);
  }

  function showOffer() {
    offer.show({ files: current.plan.files, storedPercent, needsFiles: needsFiles(), hasHandles: hasHandles() });
  }

  async function refresh() {
    const found = await next();
    current = found?.unfinished ?? null;
    gathered = [];
    if (!current) return offer.hide();
    ({ storedPercent } = found);
    showOffer();
  }

  function firstMissing() {
    try {
      matchFiles(current, gathered);
    } catch (error) {
      if (error.detail) return error.detail.firstMissing;
    }
    return current.plan.files[0].chosenPath;
  }

  function onContinue() {
    if (current.sealedManifest) return onGoOn(current, null);
    if (stillHere.has(current.id)) return goOnWith(stillHere.get(current.id));
    if (hasHandles()) return goOnWithHandles();
    offer.openChooser(firstMissing().includes("/"));
  }

  function onChosen(chosen) {
    gathered = gathered.concat(chosen);
    goOnWith(gathered);
  }

  async function goOnWithHandles() {
    const asked = current;
    askedForHandles.add(asked.id);
    try {
      const found = await filesOfRoots(asked);
      if (current !== asked) return;
      gathered = found;
      goOnWith(gathered);
    } catch (error) {
      onRefused(error);
    }
    if (current === asked) showOffer();
  }

  function goOnWith(chosen) {
    let plan;
    try {
      plan = planAgain(current, matchFiles(current, chosen));
    } catch (error) {
      if (error.code !== "files_missing") gathered = [];
      return onRefused(error);
    }
    gathered = [];
    onGoOn(current, plan);
  }

  async function onForget() {
    const { transfer } = current;
    await forgetUpload(transfer.id);
    abortTransfer({ ...transfer, accessToken: accessToken() }).catch(() => {});
    await refresh();
    onForgotten();
  }

  return {
    refresh,
    /** Whether the server asks for an access token, which is not kept: after a reload it is typed again. */
    setTakesToken(takes) {
      takesToken = takes;
      offer.showTokenField(takes);
    },
    accessToken,
    focusToken: offer.focusToken,
    /** The files of an upload that failed while this page stayed open. */
    keepFiles: (id, plan) => stillHere.set(id, plan.files.map(({ file, chosenPath }) => ({ file, path: chosenPath }))),
    /** Files that turned out to be others are not offered again. */
    dropFiles: (id) => stillHere.delete(id),
  };
}
