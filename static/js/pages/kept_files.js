const FREED_AFTER_MS = 60_000;
const KEPT_IN_MEMORY_BYTES = 64 * 2 ** 20;

/**
 * Downloaded files whose bytes are still here: saving one again needs no second download. Of
 * those in memory the latest are kept, staged ones until they are removed.
 * @param {(blob: Blob, name: string) => () => void} startDownload as in ui/browser_download.js
 */
export function createKeptFiles(startDownload) {
  /** @type {Map<number|null, {blob: Blob, name: string, staged?: boolean}>} */
  const kept = new Map();

  function forgetOldest() {
    const inMemory = [...kept].filter(([, file]) => !file.staged);
    let bytes = inMemory.reduce((sum, [, { blob }]) => sum + blob.size, 0);
    for (const [key, { blob }] of inMemory) {
      if (bytes <= KEPT_IN_MEMORY_BYTES) return;
      bytes -= blob.size;
      kept.delete(key);
    }
  }

  /** @param {Blob} blob @param {string} name */
  function give(blob, name) {
    setTimeout(startDownload(blob, name), FREED_AFTER_MS);
  }

  /** @param {number|null} key @param {string} name @param {Blob} blob */
  function keep(key, name, blob) {
    kept.set(key, { blob, name });
    forgetOldest();
  }

  return {
    keep,
    /**
     * @param {number|null} key
     * @param {string} name
     * @param {{blob: Blob, removeLater?: StagedFile["removeLater"]}} whole
     */
    download(key, name, { blob, removeLater }) {
      if (!removeLater) {
        keep(key, name, blob);
        return give(blob, name);
      }
      const free = startDownload(blob, name);
      kept.set(key, { blob, name, staged: true });
      removeLater(blob.size, () => {
        free();
        kept.delete(key);
      });
    },
    /**
     * Downloads it once more.
     * @param {number|null} key
     * @returns {boolean} whether it was still here
     */
    again(key) {
      const file = kept.get(key);
      if (file) give(file.blob, file.name);
      return Boolean(file);
    },
  };
}
