import assert from "node:assert/strict";
import { before, test } from "node:test";
import { readEnvelope, writeEnvelope } from "../../../static/js/crypto/envelope.js";
import { deriveKeys } from "../../../static/js/crypto/keys.js";
import { FILE_COUNT_MAX, TEXT_PATH, TEXT_TYPE, makeManifest, openManifest, sealManifest } from "../../../static/js/crypto/manifest.js";
import { payloadLength } from "../../../static/js/crypto/stream.js";

const envelopeText = writeEnvelope({ salt: new Uint8Array(16), withPassphrase: false });
const file = { path: "a.txt", size: 5, type: "text/plain" };
let keys;

before(async () => {
  keys = await deriveKeys({ secret: new Uint8Array(32), envelope: readEnvelope(envelopeText) });
});

const seal = (manifest) => sealManifest({ keys, envelopeText, manifest });
const open = (sealed, size) => openManifest({ keys, envelopeText, sealed, payloadBytes: payloadLength(size) });
const roundTrip = async (manifest) => open(await seal(manifest), manifest.size);

test("what the sender sealed is what the recipient opens", async () => {
  const files = [file, { path: "b/ü.bin", size: 2 ** 30, type: "", modified: -5 }, { path: "empty", size: 0, type: "" }];
  const manifest = makeManifest({ files, pad: 7 });
  assert.equal(manifest.size, 5 + 2 ** 30 + 7);
  assert.equal(manifest.parts, 65);
  assert.deepEqual(await roundTrip(manifest), manifest);
});

test("a text round-trips", async () => {
  const manifest = makeManifest({ kind: "text", files: [{ path: TEXT_PATH, size: 3, type: TEXT_TYPE }] });
  assert.deepEqual(await roundTrip(manifest), manifest);
});

test("lengths of sealed manifests tell only how many times 4,096 bytes there are", async () => {
  const lengths = new Set();
  for (const name of ["a", "a".repeat(200)]) lengths.add((await seal(makeManifest({ files: [{ ...file, path: name }] }))).length);
  assert.deepEqual([...lengths], [32 + 12 + 4096 + 16]);
});

test("two tagDigests of one manifest share no nonce", async () => {
  const manifest = makeManifest({ files: [file] });
  const [one, other] = [await seal(manifest), await seal(manifest)];
  assert.notDeepEqual(one.subarray(32, 44), other.subarray(32, 44));
});

test("a writer refuses what no reader would take", async () => {
  const good = makeManifest({ files: [file] });
  const bad = [
    { ...good, size: 6 },
    { ...good, parts: 2 },
    makeManifest({ files: [] }),
    makeManifest({ files: [{ ...file, path: "../a" }] }),
    makeManifest({ files: [file, file] }),
    makeManifest({ kind: "text", files: [file] }),
    makeManifest({ files: [{ ...file, modified: 1.5 }] }),
  ];
  for (const manifest of bad) await assert.rejects(seal(manifest), { code: "damaged" });
});

test("20,000 files are the most, and 8 MiB", async () => {
  const files = Array.from({ length: FILE_COUNT_MAX + 1 }, (_, i) => ({ path: `${i}`, size: 1, type: "" }));
  await assert.rejects(seal(makeManifest({ files })), { code: "damaged" });
  const most = makeManifest({ files: files.slice(1) });
  assert.equal((await roundTrip(most)).files.length, FILE_COUNT_MAX);
  const long = files.slice(1).map(({ path }) => ({ path: `${"x".repeat(250)}/${"y".repeat(200)}/${path}`, size: 1, type: "" }));
  await assert.rejects(seal(makeManifest({ files: long })), { code: "damaged" });
});

test("a manifest longer than 8 MiB is damaged before it is decrypted", async () => {
  const sealed = new Uint8Array(32 + 12 + 8 * 2 ** 20 + 4096 + 16);
  sealed.set(keys.commitment);
  await assert.rejects(open(sealed, 5), { code: "damaged", message: /length/ });
});

test("the commitment decides between a wrong key and damage", async () => {
  const sealed = await seal(makeManifest({ files: [file] }));
  const others = await deriveKeys({ secret: new Uint8Array(32).fill(9), envelope: readEnvelope(envelopeText) });
  const payloadBytes = payloadLength(5);
  await assert.rejects(openManifest({ keys: others, envelopeText, sealed, payloadBytes }), { code: "wrong_key" });
  const forged = { ...others, commitment: keys.commitment };
  await assert.rejects(openManifest({ keys: forged, envelopeText, sealed, payloadBytes }), { code: "damaged" });
});

test("unknown members do not reach the caller", async () => {
  const manifest = makeManifest({ files: [{ ...file, note: "x" }] });
  assert.deepEqual((await roundTrip({ ...manifest, later: 1 })).files, [file]);
});
