const DIRECTORY = "sgraph-send-staging";
const HELD_BYTES_PER_MS = 10_000;
const HELD_AT_LEAST_MS = 60_000;
const RELOAD_TAKES_AT_MOST_MS = 3000;

/** @param {string} fileName */
const lockOf = (fileName) => `${DIRECTORY}/${fileName}`;

/** Whether verified bytes can be kept in a private file here, under a lock. */
export const hasStaging = () =>
  Boolean(globalThis.navigator?.storage && "getDirectory" in navigator.storage && navigator.locks);

async function stagingDirectory() {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(DIRECTORY);
}

/**
 * Holds the name's lock for as long as its file is wanted, so that no other tab sweeps it away.
 * @param {string} fileName
 * @param {LockOptions} [options]
 * @returns {Promise<() => void>} releases it
 */
function holdLock(fileName, options = {}) {
  return new Promise((held, refused) => {
    const whileWanted = () => new Promise((/** @type {(_: void) => void} */ release) => held(release));
    navigator.locks.request(lockOf(fileName), options, whileWanted).catch(refused);
  });
}

/** @param {string} fileName @param {() => void} release */
function stagedFile(fileName, release) {
  let removed = false;
  async function remove() {
    if (removed) return;
    removed = true;
    await stagingDirectory().then((directory) => directory.removeEntry(fileName)).catch(() => {});
    release();
  }
  return {
    directoryName: DIRECTORY,
    fileName,
    remove,
    /**
     * The browser copies the file while it saves it and does not say when it is done: 10 MB a second are allowed for.
     * @param {number} sizeBytes
     * @param {() => void} onRemoved
     */
    removeLater(sizeBytes, onRemoved) {
      setTimeout(() => remove().then(onRemoved), HELD_AT_LEAST_MS + sizeBytes / HELD_BYTES_PER_MS);
    },
    /** What it holds now. */
    async read() {
      const handle = await (await stagingDirectory()).getFileHandle(fileName);
      return handle.getFile();
    },
  };
}

/** A private file for what was verified so far; it becomes an ordinary download when it is whole. */
export async function createStaged() {
  const fileName = crypto.randomUUID();
  return stagedFile(fileName, await holdLock(fileName));
}

/**
 * The private file that this tab filled before it was reloaded, or null when it is gone, in use by another tab
 * (a duplicated one knows its name too) or not of the length that was reserved.
 * @param {string} fileName
 * @param {number} lengthBytes
 */
export async function reclaimStaged(fileName, lengthBytes) {
  if (!hasStaging()) return null;
  let staged;
  try {
    const signal = AbortSignal.timeout(RELOAD_TAKES_AT_MOST_MS);
    staged = stagedFile(fileName, await holdLock(fileName, { signal }));
  } catch {
    return null;
  }
  const isAsReserved = await staged.read().then(({ size }) => size === lengthBytes, () => false);
  if (isAsReserved) return staged;
  await staged.remove();
  return null;
}

/** Removes what a closed or crashed tab left behind; files of tabs that are alive are locked. */
export async function sweepStaging() {
  try {
    const directory = await stagingDirectory();
    for await (const fileName of directory.keys()) {
      await navigator.locks.request(lockOf(fileName), { ifAvailable: true }, (lock) => lock && directory.removeEntry(fileName));
    }
  } catch {
    return;
  }
}
