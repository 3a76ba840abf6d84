import assert from "node:assert/strict";
import { test } from "node:test";
import { manifestOf, padBytesOf, planChosen, planNote, planUpload, slicesOf } from "../../../static/js/upload/plan.js";

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

test("padding follows the files, up to parts that hold nothing else", () => {
  const sizes = [PART * 40 + 1];
  const plan = planUpload(chosen(...sizes), { hideSize: true });
  assert.equal(plan.sizeBytes, PART * 41);
  assert.equal(plan.padBytes, PART - 1);
  const padding = [...Array(plan.partCount).keys()].map((index) => padBytesOf(plan, index));
  assert.equal(padding.reduce((sum, bytes) => sum + bytes), plan.padBytes);
  assert.equal(padding.at(-1), PART - 1);
  assert.equal(manifestOf(plan).pad, plan.padBytes);
});

test("without the wish nothing is padded", () => {
  const plan = planUpload(chosen(PART * 3 + 1));
  assert.deepEqual([plan.padBytes, padBytesOf(plan, 3)], [0, 0]);
});

test("a note is one file of a fixed name and type", async () => {
  const plan = planNote("Grüße\n漢字");
  const { kind, files } = manifestOf(plan);
  assert.equal(kind, "text");
  assert.deepEqual(files.map(({ path, type, size }) => [path, type, size]), [["message.txt", "text/plain;charset=utf-8", 14]]);
  assert.equal(await plan.files[0].file.text(), "Grüße\n漢字");
});

test("names that no reader takes are replaced, and what was chosen is still known", () => {
  const plan = planChosen([{ file: new File(["1"], "x"), path: "a\u202eb/c" }]);
  assert.deepEqual(plan.files.map(({ path, chosenPath }) => [path, chosenPath]), [["a_b/c", "a\u202eb/c"]]);
});

test("a list that no manifest holds is refused before anything is sent", () => {
  const file = new File(["1"], "x");
  const many = (count, path) => Array.from({ length: count }, (_, at) => ({ file, path: path(at) }));
  assert.equal(planChosen(many(20_000, (at) => `d/${at}`)).files.length, 20_000);
  assert.throws(() => planChosen(many(20_001, (at) => `d/${at}`)), { code: "too_many_files" });
  assert.throws(() => planChosen(many(10_000, (at) => `${"folder/".repeat(120)}${at}`)), { code: "too_many_files" });
});
