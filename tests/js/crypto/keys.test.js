import assert from "node:assert/strict";
import { test } from "node:test";
import { readEnvelope, writeEnvelope } from "../../../static/js/crypto/envelope.js";
import { deriveKeys } from "../../../static/js/crypto/keys.js";
import { passphraseBytes, stretchPassphrase } from "../../../static/js/crypto/passphrase.js";

const salt = new Uint8Array(16).fill(1);
const secret = new Uint8Array(32).fill(2);
const plain = readEnvelope(writeEnvelope({ salt, withPassphrase: false }));
const stretched = readEnvelope(writeEnvelope({ salt, withPassphrase: true }));

test("an envelope that was written reads back", () => {
  assert.deepEqual(plain, { salt, argon2id: null });
  assert.deepEqual(stretched, { salt, argon2id: { m: 65536, t: 3, p: 1 } });
});

test("a salt of another length cannot be written into an envelope that reads", () => {
  assert.throws(() => readEnvelope(writeEnvelope({ salt: new Uint8Array(15) })), { code: "damaged" });
});

test("Alice's keys all differ from each other", async () => {
  const keys = await deriveKeys({ secret, envelope: plain });
  const texts = Object.values(keys).map((key) => Buffer.from(key).toString("hex"));
  assert.equal(texts.length, 5);
  assert.equal(new Set(texts).size, 5);
  for (const key of Object.values(keys)) assert.equal(key.length, 32);
});

test("a passphrase changes every key but the link proof", async () => {
  const without = await deriveKeys({ secret, envelope: plain });
  const withOne = await deriveKeys({ secret, envelope: stretched, passphrase: "Alice's" });
  assert.deepEqual(withOne.linkProof, without.linkProof);
  for (const name of ["content", "manifest", "proof", "commitment"]) assert.notDeepEqual(withOne[name], without[name]);
});

test("a passphrase that is missing or not wanted is the wrong key, never ignored", async () => {
  await assert.rejects(deriveKeys({ secret, envelope: stretched }), { code: "wrong_key" });
  await assert.rejects(deriveKeys({ secret, envelope: stretched, passphrase: "" }), { code: "wrong_key" });
  await assert.rejects(deriveKeys({ secret, envelope: plain, passphrase: "x" }), { code: "wrong_key" });
});

test("a secret of another length is refused before anything is derived", async () => {
  for (const length of [0, 16, 31, 33]) {
    await assert.rejects(deriveKeys({ secret: new Uint8Array(length), envelope: plain }), RangeError);
  }
});

test("the passphrase is kept as entered, but for NFC", () => {
  assert.deepEqual(passphraseBytes(" a\u0308\n"), passphraseBytes(" ä\n"));
  assert.deepEqual(passphraseBytes(" ä "), new TextEncoder().encode(" ä "));
  assert.throws(() => passphraseBytes("a\udc00"), { code: "wrong_key" });
});

test("stretching gives 32 bytes that depend on passphrase, salt and each cost", async () => {
  const results = await Promise.all([
    stretchPassphrase("a", salt, { m: 256, t: 3, p: 1 }),
    stretchPassphrase("b", salt, { m: 256, t: 3, p: 1 }),
    stretchPassphrase("a", new Uint8Array(16), { m: 256, t: 3, p: 1 }),
    stretchPassphrase("a", salt, { m: 512, t: 3, p: 1 }),
    stretchPassphrase("a", salt, { m: 256, t: 4, p: 1 }),
  ]);
  assert.equal(new Set(results.map(String)).size, 5);
  for (const result of results) assert.equal(result.length, 32);
});
