import assert from "node:assert/strict";
import { test } from "node:test";
import { contentOffsets } from "../../static/js/worker/zip_layout.js";
import { createZipStream } from "../../static/js/worker/zip_stream.js";

async function zipped(entries, chunks) {
  const written = [];
  const zip = createZipStream(entries, (bytes) => written.push(Buffer.from(bytes)));
  for (const chunk of chunks) await zip.append(Uint8Array.from(chunk));
  await zip.finish();
  return Buffer.concat(written);
}

function localFiles(archive) {
  const found = [];
  for (let at = archive.indexOf("PK\x03\x04"); at !== -1; at = archive.indexOf("PK\x03\x04", at + 1)) {
    const nameEnd = at + 30 + archive.readUInt16LE(at + 26);
    found.push({ name: archive.toString("utf8", at + 30, nameEnd), dataAt: nameEnd });
  }
  return found;
}

test("chunks are cut at the files' ends", async () => {
  const entries = [{ name: "a", size: 3, modified: 0 }, { name: "empty", size: 0 }, { name: "b/ü", size: 4 }];
  const archive = await zipped(entries, [[1, 2], [3, 4, 5, 6], [7]]);
  const files = localFiles(archive);
  assert.deepEqual(files.map(({ name }) => name), ["a", "empty", "b/ü"]);
  assert.deepEqual([...archive.subarray(files[0].dataAt, files[0].dataAt + 3)], [1, 2, 3]);
  assert.deepEqual([...archive.subarray(files[2].dataAt, files[2].dataAt + 4)], [4, 5, 6, 7]);
});

test("bytes beyond the list are damage", async () => {
  await assert.rejects(zipped([{ name: "a", size: 1 }], [[1, 2]]), { code: "damaged" });
});

test("files of any date are taken", async () => {
  const archive = await zipped([{ name: "old", size: 1, modified: -8.64e15 }, { name: "late", size: 1, modified: 8.64e15 }], [[1, 2]]);
  assert.equal(localFiles(archive).length, 2);
});

test("contents lie in the archive where the layout says", async () => {
  const entries = [{ name: "a", size: 3 }, { name: "empty", size: 0 }, { name: "dir/ü", size: 4 }];
  const archive = await zipped(entries, [[1, 2, 3, 4, 5, 6, 7]]);
  assert.deepEqual(contentOffsets(entries), localFiles(archive).map(({ dataAt }) => dataAt));
});

test("the layout allows for the longer descriptor of large files", () => {
  const entries = [{ name: "a", size: 0xfffffffe }, { name: "b", size: 0xffffffff }, { name: "c", size: 0 }];
  const [first, second, third] = contentOffsets(entries);
  assert.equal(second - first - entries[0].size, 16 + 31);
  assert.equal(third - second - entries[1].size, 24 + 31);
});
