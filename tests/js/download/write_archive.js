/**
 * Writes the archive that a download of several files becomes, its contents zero bytes: `node write_archive.js
 * <path> <list.json>`, the list `[{name, size}]`. Zeros are left as holes, so that archives beyond 4 GiB take no room.
 */
import { ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { archiveNames } from "../../../static/js/download/save_names.js";
import { gathered } from "../../../static/js/worker/outputs.js";
import { createZipStream } from "../../../static/js/worker/zip_stream.js";

const CHUNK_BYTES = 2 ** 24;
const [path, listPath] = process.argv.slice(2);
const files = JSON.parse(readFileSync(listPath, "utf8"));
const zeros = new Uint8Array(CHUNK_BYTES);
const file = openSync(path, "w");
let endBytes = 0;

async function write(bytes, at) {
  endBytes = at + bytes.length;
  const isHole = Buffer.compare(bytes, zeros.subarray(0, bytes.length)) === 0;
  if (!isHole) writeSync(file, bytes, 0, bytes.length, at);
}

const names = archiveNames(files.map(({ name }) => name));
const entries = files.map(({ size }, at) => ({ name: names[at], size, modified: Date.UTC(2026, 1, 3) }));
const archive = gathered({ write });
const zip = createZipStream(entries, archive.append);
for (let missing = entries.reduce((sum, { size }) => sum + size, 0); missing > 0; missing -= CHUNK_BYTES) {
  await zip.append(zeros.subarray(0, missing));
}
await zip.finish();
await archive.flush();
ftruncateSync(file, endBytes);
