import assert from "node:assert/strict";
import { test } from "node:test";
import { planUpload, slicesOf, manifestOf } from "../../static/js/upload/plan.js";

const PART = 2 ** 24;

function chosen(...sizes) {
  return sizes.map((size, at) => ({ path: `f${at}`, file: { size, lastModified: 1000 + at, type: "text/plain" } }));
}

function places(plan, index) {
  return slicesOf(plan, index).map(({ lastModified, start, end }) => [lastModified - 1000, start, end]);
}

test("an empty file is one part without slices", () => {
  const plan = planUpload(chosen(0));
  assert.equal(plan.partCount, 1);
  assert.equal(plan.payloadBytes, 56);
  assert.equal(plan.sealedPartBytes, 56);
  assert.deepEqual(places(plan, 0), []);
});

test("a part that ends with its file is not followed by an empty one", () => {
  assert.equal(planUpload(chosen(PART)).partCount, 1);
  assert.equal(planUpload(chosen(PART + 1)).partCount, 2);
});

test("a part takes its bytes from several files, in order and without empty ones", () => {
  const plan = planUpload(chosen(10, 0, 5, PART));
  assert.deepEqual(places(plan, 0), [[0, 0, 10], [2, 0, 5], [3, 0, PART - 15]]);
  assert.deepEqual(places(plan, 1), [[3, PART - 15, PART]]);
});

test("the slices of all parts give every byte once", () => {
  const sizes = [PART * 2 + 7, 0, 1, PART - 8, 3];
  const plan = planUpload(chosen(...sizes));
  const reached = sizes.map(() => 0);
  for (let index = 0; index < plan.partCount; index += 1) {
    for (const [file, start, end] of places(plan, index)) {
      assert.equal(start, reached[file]);
      reached[file] = end;
    }
  }
  assert.deepEqual(reached, sizes);
});

test("the manifest names what the plan holds", () => {
  const manifest = manifestOf(planUpload(chosen(3, 4)));
  assert.equal(manifest.size, 7);
  assert.deepEqual(manifest.files[1], { path: "f1", size: 4, type: "text/plain", modified: 1001 });
});
