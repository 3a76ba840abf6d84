const DIRECTORY = "sgraph-send-staging";
const HELD_BYTES_PER_MS = 10_000;
const HELD_AT_LEAST_MS = 60_000;

function lockOf(fileName) {
  return `${DIRECTORY}/${fileName}`;
}

async function removeStaged(fileName) {
  const root = await navigator.storage.getDirectory();
  const directory = await root.getDirectoryHandle(DIRECTORY);
  await directory.removeEntry(fileName);
}

/** Holds the name's lock for as long as its file is wanted, so that no other tab sweeps it away. */
function holdLock(fileName) {
  return new Promise((held, refused) => {
    const whileWanted = () => new Promise((release) => held(release));
    navigator.locks.request(lockOf(fileName), whileWanted).catch(refused);
  });
}

/** A private file for what was verified so far; it becomes an ordinary download when it is whole. */
export async function createStaged() {
  const fileName = crypto.randomUUID();
  const release = await holdLock(fileName);
  let removed = false;
  async function remove() {
    if (removed) return;
    removed = true;
    await removeStaged(fileName).catch(() => {});
    release();
  }
  return {
    directoryName: DIRECTORY,
    fileName,
    remove,
    /** The browser copies the file while it saves it and does not say when it is done: 10 MB a second are allowed for. */
    removeLater(sizeBytes, onRemoved) {
      setTimeout(() => remove().then(onRemoved), HELD_AT_LEAST_MS + sizeBytes / HELD_BYTES_PER_MS);
    },
  };
}

/** Removes what a closed or crashed tab left behind; files of tabs that are alive are locked. */
export async function sweepStaging() {
  try {
    const root = await navigator.storage.getDirectory();
    const directory = await root.getDirectoryHandle(DIRECTORY);
    for await (const fileName of directory.keys()) {
      await navigator.locks.request(lockOf(fileName), { ifAvailable: true }, (lock) => lock && directory.removeEntry(fileName));
    }
  } catch {
    return;
  }
}
