import assert from "node:assert/strict";
import { test } from "node:test";
import { storedFacts } from "../../static/js/ui/stored_facts.js";

const ROW = { payload_bytes: 5060, envelope: '{"v":1,"kdf":{"salt":"AAAA"}}', link_proof_hash: "a", proof_hash: "b", owner_token_hash: "c" };

test("what the server stored is told without the words of the format", () => {
  const told = storedFacts(ROW).map(({ label, value }) => `${label}: ${value}`);
  assert.deepEqual(told, ["Sealed bytes: 5.06 kB", "For making keys: random bytes, not secret", "To tell you and readers from others: 3 hashes of random numbers"]);
});

test("with a passphrase its cost is told as well", () => {
  const envelope = '{"v":1,"kdf":{"salt":"AAAA","argon2id":{"m":65536,"t":3,"p":1}}}';
  assert.equal(storedFacts({ envelope })[0].value, "random bytes; how long a passphrase takes to try");
});
