function readFile(entry) {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

async function readDirectory(entry) {
  const reader = entry.createReader();
  const children = [];
  for (;;) {
    const batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) return children;
    children.push(...batch);
  }
}

async function collect(entry, found) {
  if (entry.isFile) found.push({ file: await readFile(entry), path: entry.fullPath.slice(1) });
  else for (const child of await readDirectory(entry)) await collect(child, found);
}

/**
 * Dropped files with their paths; folders are walked through.
 * @param {DataTransfer} dropped
 * @returns {Promise<{file: File, path: string}[]>}
 */
export async function droppedFiles(dropped) {
  const items = [...dropped.items].filter(({ kind }) => kind === "file");
  const entries = items.map((item) => item.webkitGetAsEntry?.() ?? { isFile: true, plain: item.getAsFile() });
  const found = [];
  for (const entry of entries) {
    if (entry.plain) found.push({ file: entry.plain, path: entry.plain.name });
    else await collect(entry, found);
  }
  return found;
}
