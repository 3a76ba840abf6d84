import assert from "node:assert/strict";
import { test } from "node:test";
import { archiveNames, baseNameOf } from "../../static/js/download/save_names.js";

test("a good name stays as it is", () => {
  for (const name of ["Vertrag – Entwurf.pdf", "übung 😀.txt", ".hidden", "archive.tar.gz"]) assert.equal(baseNameOf(`a/b/${name}`), name);
});

test("names that Windows reserves or refuses are changed", () => {
  const cases = { "con.txt": "_con.txt", NUL: "_NUL", "lpt¹": "_lpt¹", "console.log": "console.log", 'a:b?"c': "a_b__c", "end. ": "end__", "x|y<z>": "x_y_z_" };
  for (const [given, safe] of Object.entries(cases)) assert.equal(baseNameOf(given), safe);
});

test("names in an archive differ without regard to letter case", () => {
  assert.deepEqual(archiveNames(["a.txt", "A.txt", "a:txt", "a?txt"]), ["a.txt", "A (2).txt", "a_txt", "a_txt (2)"]);
});

test("a file does not take the name of a directory in another letter case", () => {
  assert.deepEqual(archiveNames(["Photos", "photos/1.jpg"]), ["Photos (2)", "photos/1.jpg"]);
});

test("each segment of a path is made safe", () => {
  assert.deepEqual(archiveNames(["aux/con.txt"]), ["_aux/_con.txt"]);
});

test("a numbered name still fits into a file system", () => {
  const long = `${"ü".repeat(125)}.txt`;
  const names = archiveNames([long, long.toUpperCase()]);
  assert.ok(names[1].endsWith(" (2).TXT"));
  assert.ok(Buffer.byteLength(names[1]) <= 255);
});

test("twenty thousand names that become one are told apart quickly", () => {
  const marks = [...'<>:"|?*'];
  const paths = Array.from({ length: 20_000 }, (_, at) => [...at.toString(7).padStart(6, "0")].map((digit) => marks[digit]).join(""));
  const started = performance.now();
  assert.equal(new Set(archiveNames(paths)).size, 20_000);
  assert.ok(performance.now() - started < 5000);
});
