import assert from "node:assert/strict";
import { test } from "node:test";
import { heldPartsMax } from "../../../static/js/download/downloader.js";
import { outputOffset, planDownload } from "../../../static/js/download/plan.js";
import { makeManifest } from "../../../static/js/crypto/manifest_rules.js";

const MIB = 2 ** 20;

test("parts held at a time stay within memory, however large they are", () => {
  for (const partMib of [16, 32]) assert.ok(heldPartsMax({ partSizeBytes: partMib * MIB }) * partMib <= 64);
  assert.equal(heldPartsMax({ partSizeBytes: 1024 * MIB }), 2);
});

test("a file's own bytes begin at 0, wherever it lies in the stream", () => {
  const sizes = [5, 40 * MIB];
  const manifest = makeManifest({ files: sizes.map((size, at) => ({ path: `f${at}`, size, type: "" })), pad: 0 });
  const plan = planDownload(manifest, 1);
  assert.deepEqual(plan.indexes.map((index) => outputOffset(plan, index)), [0, 16 * MIB - 5, 32 * MIB - 5]);
});
