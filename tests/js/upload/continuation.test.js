import assert from "node:assert/strict";
import { test } from "node:test";
import { SendError } from "../../../static/js/errors.js";
import { isGone, matchFiles, mayGoOn, planAgain } from "../../../static/js/upload/continuation.js";
import { comparableParts, createPartCheck, sampleOf } from "../../../static/js/upload/kept_parts.js";
import { planChosen } from "../../../static/js/upload/plan.js";

function chosen(...names) {
  return names.map((name) => ({ path: name, file: { name, size: name.length, lastModified: 7, type: "" } }));
}

function keptOf(files, options) {
  return { plan: planChosen(files, options) };
}

test("files are found again whatever the order in which they are chosen", () => {
  const kept = keptOf(chosen("a", "dir/b", "c"));
  assert.deepEqual(matchFiles(kept, chosen("c", "x", "dir/b", "a")).map(({ path }) => path), ["a", "dir/b", "c"]);
});

test("files of one name are each found once", () => {
  const kept = keptOf(chosen("same", "same"));
  const again = chosen("same", "same");
  assert.deepEqual(matchFiles(kept, again).map(({ file }) => file), again.map(({ file }) => file));
  assert.throws(() => matchFiles(kept, chosen("same")), { code: "other_file" });
});

test("a file of another size or time is another file", () => {
  const kept = keptOf(chosen("a", "b"));
  for (const change of [{ size: 9 }, { lastModified: 8 }]) {
    const again = chosen("a", "b");
    Object.assign(again[1].file, change);
    assert.throws(() => matchFiles(kept, again), { code: "other_file" });
  }
  assert.throws(() => matchFiles(kept, chosen("z")), { code: "other_file" });
});

test("some of the files are not enough, and it is said which is missing", () => {
  assert.throws(() => matchFiles(keptOf(chosen("a", "dir/b")), chosen("a")), (error) => {
    assert.deepEqual(error.detail, { found: 1, of: 2, firstMissing: "dir/b" });
    return error.code === "files_missing";
  });
});

test("the plan is that of then, padding included", () => {
  const kept = keptOf(chosen("a".repeat(99), "b\u0000"), { hideSize: true });
  const again = planAgain(kept, matchFiles(kept, chosen("b\u0000", "a".repeat(99))));
  const bare = ({ files, ...plan }) => ({ ...plan, files: files.map(({ file: _, ...rest }) => rest) });
  assert.deepEqual(bare(again), bare(kept.plan));
});

test("a lost connection or a busy server can be overcome later, a deleted transfer cannot", () => {
  const failure = (code, status) => new SendError(code, "", { status });
  assert.ok(mayGoOn(failure("network"), false));
  assert.ok(mayGoOn(failure("store_unavailable", 503), false));
  assert.ok(!mayGoOn(failure("cancelled"), true));
  assert.ok(!mayGoOn(failure("transfer_not_found", 404), true));
  assert.ok(!mayGoOn(failure("file_changed"), false));
  assert.ok(mayGoOn(failure("file_changed"), true));
  assert.deepEqual(["transfer_not_pending", "network"].map((code) => isGone(failure(code))), [true, false]);
});

test("the sample spans all that is kept", () => {
  assert.deepEqual(sampleOf([4]), [4]);
  assert.deepEqual(sampleOf([0, 1, 2, 3, 4, 5, 8]), [0, 3, 8]);
});

test("only parts that both the store has and the record knows are compared", () => {
  const listed = [2, 0, 1].map((index) => ({ index, size_bytes: 1 }));
  assert.deepEqual(comparableParts(listed, new Map([[0, {}], [2, {}], [5, {}]])), [0, 2]);
});

test("a part whose tags differ under its kept header is refused", async () => {
  const plan = planChosen(chosen("abc"));
  const kept = new Map([[0, { header: new Uint8Array(40), tagsDigest: new Uint8Array(32) }]]);
  const checkWith = (digest) => createPartCheck({ plan, contentKey: null, kept, pool: { tagsUnder: async () => digest } })(0);
  await checkWith(new Uint8Array(32));
  await assert.rejects(checkWith(new Uint8Array(32).fill(1)), { code: "file_changed" });
});
