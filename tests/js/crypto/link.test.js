import assert from "node:assert/strict";
import { test } from "node:test";
import { manageLink, readKey, transferLink } from "../../../static/js/crypto/link.js";

const origin = "https://send.example";
const id = "0aB1cD2eF3gH4iJ5kL6mN7";
const secret = Uint8Array.from({ length: 32 }, (_, i) => i * 8);

test("the one-link form carries the key in its fragment only", () => {
  const link = new URL(transferLink(origin, id, secret));
  assert.equal(link.pathname, `/d/${id}`);
  assert.equal(link.search, "");
  assert.equal(link.hash.length, 1 + 43);
  assert.deepEqual(readKey(link.href), secret);
});

test("the two-channel form carries no key", () => {
  const link = transferLink(origin, id);
  assert.equal(link, `${origin}/d/${id}`);
  assert.throws(() => readKey(link), { code: "wrong_key" });
});

test("a manage link is never taken for a key", () => {
  const link = manageLink(origin, id, secret);
  assert.equal(new URL(link).pathname, `/manage/${id}`);
  assert.throws(() => readKey(link), { code: "wrong_key" });
});

test("a link to another page with a key-like fragment is not taken", () => {
  const key = transferLink(origin, id, secret).split("#")[1];
  for (const text of [`${origin}/#${key}`, `${origin}/d/short#${key}`, `key: ${key}`, `${key} ${key}`]) {
    assert.throws(() => readKey(text), { code: "wrong_key" }, text);
  }
});
