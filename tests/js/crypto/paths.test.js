import assert from "node:assert/strict";
import { test } from "node:test";
import { checkPaths, pathProblem, safePaths } from "../../../static/js/crypto/paths.js";

test("a good path has no problem", () => {
  for (const path of ["a", "a/b.txt", "Ünï/日本/😀", "...", "con", "a:b "]) assert.equal(pathProblem(path), null, path);
});

test("a path that is no text has one", () => {
  for (const path of [undefined, null, 1, ["a"], {}]) assert.equal(pathProblem(path), "not valid text");
});

test("a file inside another file is found however many names lie between", () => {
  const between = Array.from({ length: 2000 }, (_, i) => `a${String.fromCharCode(33 + (i % 14))}${i}`);
  assert.throws(() => checkPaths(["a", ...between, "a/b"]), { code: "damaged" });
  checkPaths(["a", ...between]);
});

test("hostile names become harmless ones", () => {
  const hostile = ["../../etc/passwd", "C:\\Windows\\x", "a\u202etxt.exe", "\ud800", "a\0b", "/", ""];
  const safe = safePaths(hostile);
  checkPaths(safe);
  assert.deepEqual(safe, ["__/__/etc/passwd", "C:_Windows_x", "a_txt.exe", "_", "a_b", "_ (2)", "_ (3)"]);
});

test("equal names are numbered before the extension, in their order", () => {
  assert.deepEqual(safePaths(["a.txt", "a.txt", "b/a.txt", "a.txt"]), ["a.txt", "a (2).txt", "b/a.txt", "a (3).txt"]);
  assert.deepEqual(safePaths(["e\u0301", "\u00e9"]), ["é", "é (2)"]);
});

test("a file and a folder of one name are kept apart, and the folder together", () => {
  assert.deepEqual(safePaths(["a", "a", "a/b", "a", "a/c"]), ["a", "a (2)", "a (3)/b", "a (4)", "a (3)/c"]);
});

test("20,000 equal names are told apart quickly", () => {
  const started = performance.now();
  assert.equal(new Set(safePaths(Array(20000).fill("x/name.txt"))).size, 20000);
  assert.ok(performance.now() - started < 5000);
});
