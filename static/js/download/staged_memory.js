import { decodeB64u, encodeB64u } from "../crypto/bytes.js";
import { HEADER_BYTES } from "../crypto/sizes.js";
import { MEMORY_FIRST_BYTES } from "./sink.js";
import { reclaimStaged } from "./staging.js";
import { forget, recall, recallAll, remember } from "./tab_memory.js";

const FILE = "staged";
const TAG_DIGEST = "staged-seal";
const DIGEST_BYTES = 32;

/** @param {SavePlan} savePlan */
const keyOf = ({ plan: { start, end }, bytesNeeded }) => `${start}-${end}-${bytesNeeded}`;

/** @param {string} text @returns {TagDigest} */
function readTagDigest(text) {
  const [header, tagsDigest] = text.split(".");
  return { header: decodeB64u(header, HEADER_BYTES), tagsDigest: decodeB64u(tagsDigest, DIGEST_BYTES) };
}

/**
 * What was remembered, or null when it is not of the shape that this page writes.
 * @param {string} id
 * @returns {Omit<EarlierStaged, "staged">|null}
 */
function recallStaged(id) {
  try {
    const { fileName, lengthBytes, key } = JSON.parse(recall(FILE, id) ?? "");
    const tagDigests = new Map(recallAll(TAG_DIGEST, id).map(([index, text]) => [Number(index), readTagDigest(text)]));
    return { fileName, lengthBytes, key, tagDigests };
  } catch {
    return null;
  }
}

/**
 * What a tab remembers of the private file that it fills, so that a reload goes on from the last verified part:
 * the file's name, its reserved length, which bytes of the transfer it is for, and each written part's tag digest.
 * @param {string} id of the transfer
 */
export function createStagedMemory(id) {
  /** @type {EarlierStaged|null} */
  let earlier = null;

  function forgetAll() {
    forget(FILE, id);
    for (const [index] of recallAll(TAG_DIGEST, id)) forget(TAG_DIGEST, `${id}:${index}`);
  }

  async function drop() {
    const dropped = earlier;
    earlier = null;
    if (!dropped) return;
    forgetAll();
    await dropped.staged.remove();
  }

  return {
    /** Takes over what was staged before a reload. Call it before stale files are removed. */
    async claim() {
      const remembered = recallStaged(id);
      if (!remembered) return forgetAll();
      const staged = await reclaimStaged(remembered.fileName, remembered.lengthBytes);
      if (staged) earlier = { ...remembered, staged };
      else forgetAll();
    },
    hasEarlier: () => earlier !== null,
    /** Removes what was claimed and not taken. */
    drop,
    /**
     * What was staged earlier for the same saving, once. Where another one needs the room, it is removed.
     * @param {SavePlan} savePlan
     * @returns {Promise<EarlierStaged|null>}
     */
    async take(savePlan) {
      if (earlier?.key !== keyOf(savePlan)) {
        if (savePlan.bytesNeeded > MEMORY_FIRST_BYTES) await drop();
        return null;
      }
      const taken = earlier;
      earlier = null;
      return taken;
    },
    /**
     * A file was staged anew.
     * @param {string} fileName
     * @param {SavePlan} savePlan
     */
    begin(fileName, savePlan) {
      forgetAll();
      remember(FILE, id, JSON.stringify({ fileName, lengthBytes: savePlan.bytesNeeded, key: keyOf(savePlan) }));
    },
    /**
     * Part `index` was verified and written.
     * @param {number} index
     * @param {TagDigest} tagDigest
     */
    keepPart(index, { header, tagsDigest }) {
      remember(TAG_DIGEST, `${id}:${index}`, `${encodeB64u(header)}.${encodeB64u(tagsDigest)}`);
    },
    forget: forgetAll,
  };
}
