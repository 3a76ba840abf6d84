import assert from "node:assert/strict";
import { test } from "node:test";
import { makeManifest } from "../../../static/js/crypto/manifest_rules.js";
import { planDownload } from "../../../static/js/download/plan.js";
import { createLayout, leading, partsStillHeld } from "../../../static/js/download/staged_parts.js";

const MIB = 2 ** 20;
const signal = new AbortController().signal;

function planOf(sizes, fileIndex = null, pad = 0) {
  const files = sizes.map((size, at) => ({ path: `f${at}`, size, type: "" }));
  return planDownload(makeManifest({ files, pad }), fileIndex);
}

test("one file lies in its staged file as in the stream, and padding is sealed again", () => {
  const layoutOf = createLayout({ plan: planOf([20 * MIB], null, 3) });
  assert.deepEqual(layoutOf(0), { stretches: [{ start: 0, end: 16 * MIB }], padBytes: 0 });
  assert.deepEqual(layoutOf(1), { stretches: [{ start: 16 * MIB, end: 20 * MIB }], padBytes: 3 });
});

test("a part whose beginning was not wanted has no place", () => {
  const layoutOf = createLayout({ plan: planOf([5, 40 * MIB], 1) });
  assert.equal(layoutOf(0), null);
  assert.deepEqual(layoutOf(1), { stretches: [{ start: 16 * MIB - 5, end: 32 * MIB - 5 }], padBytes: 0 });
});

test("in an archive a part lies between the headers of its files", () => {
  const sizes = [10, 0, 16 * MIB, 7];
  const zipEntries = sizes.map((size, at) => ({ name: `f${at}`, size }));
  const layoutOf = createLayout({ plan: planOf(sizes), zipEntries });
  const third = 10 + 3 * 32 + 2 * 16;
  assert.deepEqual(layoutOf(0).stretches, [{ start: 32, end: 42 }, { start: third, end: third + 16 * MIB - 10 }]);
  const fourth = third + 16 * MIB + 16 + 32;
  assert.deepEqual(layoutOf(1).stretches, [{ start: third + 16 * MIB - 10, end: third + 16 * MIB }, { start: fourth, end: fourth + 7 }]);
});

test("only parts whose tags come out again are held", async () => {
  const plan = planOf([50 * MIB]);
  const tagDigests = new Map([0, 2, 3].map((index) => [index, { header: new Uint8Array(40), tagsDigest: new Uint8Array(32) }]));
  const pool = { tagsUnder: async ({ index }) => (index === 2 ? new Uint8Array(32).fill(1) : new Uint8Array(32)) };
  const told = [];
  const onPart = ({ index, phase }) => told.push(`${index} ${phase}`);
  const work = { plan, layoutOf: createLayout({ plan }), tagDigests, file: { size: 1, lastModified: 1 }, pool, onPart, signal };
  assert.deepEqual(await partsStillHeld(work), [0, 3]);
  assert.ok(told.includes("2 empty"));
});

test("a part that cannot be read is not held", async () => {
  const plan = planOf([16 * MIB]);
  const tagDigests = new Map([[0, { header: new Uint8Array(40), tagsDigest: new Uint8Array(32) }]]);
  const pool = { tagsUnder: async () => Promise.reject(new Error("gone")) };
  const work = { plan, layoutOf: createLayout({ plan }), tagDigests, file: {}, pool, onPart() {}, signal };
  assert.deepEqual(await partsStillHeld(work), []);
});

test("an archive goes on after the parts that follow each other from its first", () => {
  const plan = { indexes: [0, 1, 2, 3] };
  assert.deepEqual(leading([0, 1, 3], plan), [0, 1]);
  assert.deepEqual(leading([1, 2], plan), []);
  assert.deepEqual(leading([0, 1, 2, 3], plan), [0, 1, 2, 3]);
});
