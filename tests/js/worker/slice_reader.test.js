import assert from "node:assert/strict";
import { test } from "node:test";
import { createSliceReader } from "../../../static/js/worker/slice_reader.js";

const NOW = 1_700_000_000_000;

function sliceOf(text, { from = 0, to = text.length, sizeBytes = text.length } = {}) {
  const file = new File([text], "a.txt", { lastModified: NOW });
  return { file, start: from, end: to, sizeBytes, lastModified: NOW };
}

async function textsOf(slices, lengths) {
  const reader = createSliceReader(slices, Math.max(...lengths));
  const texts = [];
  for (const length of lengths) texts.push(new TextDecoder().decode(await reader.read(length)));
  return texts;
}

test("slices follow each other across reads, and zero bytes follow them", async () => {
  const slices = [sliceOf("abcdef", { from: 1, to: 5 }), sliceOf("xyz")];
  assert.deepEqual(await textsOf(slices, [3, 3, 3]), ["bcd", "exy", "z\0\0"]);
});

test("zero bytes are zero where the buffer held something else", async () => {
  assert.deepEqual(await textsOf([sliceOf("abcd")], [4, 4]), ["abcd", "\0\0\0\0"]);
});

test("a file of another size or time than when it was chosen is refused", async () => {
  await assert.rejects(textsOf([sliceOf("abc", { sizeBytes: 4 })], [3]), { code: "file_changed" });
  await assert.rejects(textsOf([{ ...sliceOf("abc"), lastModified: NOW - 1 }], [3]), { code: "file_changed" });
});

test("a file that ends before its slice is refused", async () => {
  await assert.rejects(textsOf([sliceOf("abc", { to: 5, sizeBytes: 3 })], [5]), { code: "file_changed" });
});

test("a file that cannot be read is refused", async () => {
  const unreadable = { arrayBuffer: () => Promise.reject(new Error("gone")) };
  const blob = { stream: () => new ReadableStream(), slice: () => unreadable };
  const file = { size: 3, lastModified: NOW, slice: () => blob };
  await assert.rejects(textsOf([{ ...sliceOf("abc"), file }], [3]), { code: "file_changed" });
});
