import { createLease } from "../download/lease.js";

/**
 * One lease covers every file once; when all were saved under it, it is ended, and a later save takes the
 * next one.
 * @param {Pick<DownloadPage, "id"|"opened">} page
 */
export function createLeaseUse({ id, opened }) {
  /** @type {Set<number>} */
  const saved = new Set();
  return {
    /** @param {{signal: AbortSignal, onWait: (wait: Wait) => void}} run */
    lease: ({ signal, onWait }) => createLease({ id, proofs: opened().proofs, signal, onWait }),
    /**
     * @param {Lease} lease
     * @param {number|null} fileIndex null: everything
     */
    async saved(lease, fileIndex) {
      const { files } = opened().manifest;
      for (const index of fileIndex === null ? files.keys() : [fileIndex]) saved.add(index);
      if (saved.size < files.length) return;
      saved.clear();
      await lease.finish().catch(() => {});
    },
  };
}
