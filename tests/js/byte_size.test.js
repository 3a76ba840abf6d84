import assert from "node:assert/strict";
import { test } from "node:test";
import { byteLimit, byteSize, fileCount } from "../../static/js/ui/byte_size.js";
import { spanText } from "../../static/js/ui/moment_text.js";

test("sizes have three digits and decimal units", () => {
  const cases = { 0: "0 bytes", 1: "1 byte", 999: "999 bytes", 1000: "1 kB", 1234: "1.23 kB", 2_400_000: "2.4 MB", 16_777_216: "16.8 MB" };
  for (const [bytes, text] of Object.entries(cases)) assert.equal(byteSize(Number(bytes)), text);
  assert.equal(byteSize(100 * 2 ** 30), "107 GB");
  assert.equal(byteSize(1.5e12), "1.5 TB");
});

test("rounding never shows a thousand of a unit", () => {
  assert.equal(byteSize(999_700), "1 MB");
  assert.equal(byteSize(999_999_999), "1 GB");
});

test("limits are told in the units they were set in", () => {
  const cases = { [100 * 2 ** 30]: "100 GiB", [2 ** 40]: "1 TiB", [1536 * 2 ** 20]: "1536 MiB", [5e9]: "5 GB", 1024: "1.02 kB" };
  for (const [bytes, text] of Object.entries(cases)) assert.equal(byteLimit(Number(bytes)), text);
});

test("files are counted in words", () => {
  assert.equal(fileCount(1), "1 file");
  assert.equal(fileCount(20_000), "20,000 files");
});

test("spans are said in their largest unit", () => {
  assert.equal(spanText(300), "5 minutes");
  assert.equal(spanText(3600), "1 hour");
  assert.equal(spanText(604_800), "7 days");
  assert.equal(spanText(1), "1 second");
});
