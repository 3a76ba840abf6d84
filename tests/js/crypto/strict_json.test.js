import assert from "node:assert/strict";
import { test } from "node:test";
import { parseStrictJson } from "../../../static/js/crypto/strict_json.js";

const asPlain = (value) => JSON.parse(JSON.stringify(value));

test("ordinary JSON reads as JSON.parse reads it", () => {
  for (const text of [
    "{}",
    "[]",
    ' { "a" : [ 1 , -2, true , false, null, "x" ] , "b":{"c":{}} }\r\n\t',
    '"\\u00e9\\n\\"\\\\ \\ud83d\\ude00 ü"',
    "0",
    "-9007199254740991",
  ]) {
    assert.deepEqual(asPlain(parseStrictJson(text)), JSON.parse(text));
  }
});

test("numbers that are not plain integers in the safe range become NaN", () => {
  for (const text of ["1.0", "1e3", "1E3", "0.5", "-1.5", "9007199254740992", "-9007199254740992", "1e400", "9".repeat(50)]) {
    assert.ok(Number.isNaN(parseStrictJson(text)), text);
  }
  assert.ok(Object.is(parseStrictJson("-0"), 0));
});

test("duplicate members are refused at any depth and in any spelling", () => {
  for (const text of ['{"a":1,"a":1}', '[{"b":{"a":1,"a":2}}]', '{"a":1,"\\u0061":2}', '{"__proto__":1,"__proto__":2}']) {
    assert.throws(() => parseStrictJson(text), { code: "damaged" }, text);
  }
});

test("a member called __proto__ is a member and changes no prototype", () => {
  const value = parseStrictJson('{"__proto__":{"polluted":1}}');
  assert.deepEqual(Object.keys(value), ["__proto__"]);
  assert.equal(value.polluted, undefined);
  assert.equal({}.polluted, undefined);
});

test("everything that is not JSON is damaged", () => {
  for (const text of [
    "",
    " ",
    "{",
    "}",
    "[1,]",
    "[,1]",
    "[1 2]",
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{a:1}',
    "{'a':1}",
    '{"a":1}{}',
    "NaN",
    "Infinity",
    "-Infinity",
    "-",
    "+1",
    "01",
    "1.",
    ".5",
    "1e",
    "0x10",
    "tru",
    "nullx",
    "undefined",
    '"abc',
    '"\\"',
    '"\\x41"',
    '"\\u12g4"',
    '"\u0000"',
    '"a\nb"',
    "\ufeff1",
    "\u00a01",
    "1\f",
    "// 1",
  ]) {
    assert.throws(() => parseStrictJson(text), { code: "damaged" }, JSON.stringify(text));
  }
});

test("hostile depth and length end in damaged or in an answer, never in a crash", () => {
  assert.throws(() => parseStrictJson("[".repeat(2e6)), { code: "damaged" });
  assert.throws(() => parseStrictJson('{"a":'.repeat(2e5)), { code: "damaged" });
  assert.throws(() => parseStrictJson("[".repeat(66) + "]".repeat(66)), { code: "damaged" });
  assert.equal(parseStrictJson("[".repeat(65) + "]".repeat(65)).length, 1);
  assert.ok(Number.isNaN(parseStrictJson("1".repeat(8e6))));
  assert.equal(parseStrictJson(`"${'\\"'.repeat(4e6)}"`).length, 4e6);
  assert.throws(() => parseStrictJson(`"${"\\\\".repeat(4e6)}`), { code: "damaged" });
});
