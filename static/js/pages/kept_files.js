/**
 * Files that were handed to the browser and are still staged: saving one again needs no second download.
 * @param {(blob: Blob, name: string) => () => void} handOver
 */
export function createKeptFiles(handOver) {
  const kept = new Map();
  return {
    handOver(key, name, { blob, removeLater }) {
      const free = handOver(blob, name);
      kept.set(key, { blob, name });
      removeLater(blob.size, () => {
        free();
        kept.delete(key);
      });
    },
    /** @returns {boolean} whether it was still here */
    again(key) {
      const file = kept.get(key);
      if (!file) return false;
      const free = handOver(file.blob, file.name);
      setTimeout(free, 60_000);
      return true;
    },
  };
}
