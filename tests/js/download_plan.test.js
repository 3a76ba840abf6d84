import assert from "node:assert/strict";
import { test } from "node:test";
import { makeManifest } from "../../static/js/crypto/manifest_rules.js";
import { payloadLength } from "../../static/js/crypto/sizes.js";
import { planDownload, sealedBytesTotal, sealedRangeOf, wantedBytes } from "../../static/js/download/plan.js";

const PART = 2 ** 24;

function manifestOf(sizes, pad = 0) {
  return makeManifest({ files: sizes.map((size, at) => ({ path: `f${at}`, size, type: "" })), pad });
}

test("everything is every part, so that padding is verified too", () => {
  const plan = planDownload(manifestOf([5], PART * 2));
  assert.deepEqual(plan.indexes, [0, 1, 2]);
  assert.equal(plan.end, 5);
  assert.equal(sealedBytesTotal(plan), plan.payloadBytes);
});

test("one file of several needs only the parts that hold it", () => {
  const manifest = manifestOf([PART + 1, PART * 2, 9]);
  assert.deepEqual(planDownload(manifest, 0).indexes, [0, 1]);
  assert.deepEqual(planDownload(manifest, 1).indexes, [1, 2, 3]);
  assert.deepEqual(planDownload(manifest, 2).indexes, [3]);
});

test("an empty file at the very end still has a part verified", () => {
  assert.deepEqual(planDownload(manifestOf([PART, 0]), 1).indexes, [0]);
});

test("ranges follow each other without a gap to the payload's last byte", () => {
  const plan = planDownload(manifestOf([PART * 2 + 11]));
  const ranges = plan.indexes.map((index) => sealedRangeOf(plan, index));
  assert.equal(ranges[0].start, 0);
  assert.equal(ranges[1].start, ranges[0].end + 1);
  assert.equal(ranges[2].start, ranges[1].end + 1);
  assert.equal(ranges[2].end, payloadLength(PART * 2 + 11) - 1);
});

test("of an opened part only the file's own bytes are kept", () => {
  const manifest = manifestOf([3, 4, 2]);
  const opened = Uint8Array.from([1, 1, 1, 2, 2, 2, 2, 3, 3]);
  assert.deepEqual([...wantedBytes(planDownload(manifest, 1), 0, opened)], [2, 2, 2, 2]);
  assert.deepEqual([...wantedBytes(planDownload(manifest), 0, opened)], [...opened]);
});

test("padding is dropped", () => {
  const opened = Uint8Array.from([1, 1, 0, 0, 0]);
  assert.deepEqual([...wantedBytes(planDownload(manifestOf([2], 3)), 0, opened)], [1, 1]);
});
