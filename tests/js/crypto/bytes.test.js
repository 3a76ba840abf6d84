import assert from "node:assert/strict";
import { test } from "node:test";
import { concatBytes, decodeB64u, encodeB64u, randomBytes, sameBytes, sha256, u32be, utf8 } from "../../../static/js/crypto/bytes.js";

test("concatBytes joins any number of arrays into a new one", () => {
  const first = Uint8Array.of(1, 2);
  assert.deepEqual(concatBytes(first, Uint8Array.of(), Uint8Array.of(3)), Uint8Array.of(1, 2, 3));
  assert.deepEqual(concatBytes(), Uint8Array.of());
  assert.notEqual(concatBytes(first).buffer, first.buffer);
});

test("u32be is big-endian and refuses what does not fit", () => {
  assert.deepEqual(u32be(0x01020304), Uint8Array.of(1, 2, 3, 4));
  assert.deepEqual(u32be(0xffffffff), Uint8Array.of(255, 255, 255, 255));
  for (const wrong of [-1, 2 ** 32, 1.5, NaN, "1"]) assert.throws(() => u32be(wrong), RangeError);
});

test("b64u round-trips every length around a block, and long arrays", () => {
  for (const length of [0, 1, 2, 3, 4, 16, 32, 65536, 100001]) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 7) % 256);
    const text = encodeB64u(bytes);
    assert.equal(text, Buffer.from(bytes).toString("base64url"));
    assert.deepEqual(decodeB64u(text), bytes);
  }
});

test("decodeB64u refuses values that are not text", () => {
  for (const wrong of [undefined, null, 12, ["AA"]]) assert.throws(() => decodeB64u(wrong), { code: "damaged" });
});

test("sameBytes compares whole arrays", () => {
  assert.equal(sameBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2)), true);
  assert.equal(sameBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3)), false);
  assert.equal(sameBytes(Uint8Array.of(2, 2), Uint8Array.of(1, 2)), false);
  assert.equal(sameBytes(Uint8Array.of(1, 2), Uint8Array.of(1)), false);
  assert.equal(sameBytes(Uint8Array.of(), Uint8Array.of()), true);
});

test("randomBytes gives the length asked for, and never the same twice", () => {
  assert.equal(randomBytes(32).length, 32);
  assert.notDeepEqual(randomBytes(32), randomBytes(32));
});

test("sha256 of a view hashes the view alone", async () => {
  const abc = utf8("xabcx").subarray(1, 4);
  const expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  assert.equal(Buffer.from(await sha256(abc)).toString("hex"), expected);
});
