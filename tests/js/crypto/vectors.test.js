import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { concatBytes, decodeB64u, sha256 } from "../../../static/js/crypto/bytes.js";
import { readEnvelope, writeEnvelope } from "../../../static/js/crypto/envelope.js";
import { deriveKeys } from "../../../static/js/crypto/keys.js";
import { readKey } from "../../../static/js/crypto/link.js";
import { openManifest } from "../../../static/js/crypto/manifest.js";
import { padmePadding } from "../../../static/js/crypto/padme.js";
import { checkPaths, safePaths } from "../../../static/js/crypto/paths.js";
import * as stream from "../../../static/js/crypto/stream.js";
import { SendError } from "../../../static/js/errors.js";

const FOLDER = new URL("../../vectors/", import.meta.url);

const RULES = {
  b64u: ({ text, length_bytes }) => ({ bytes: hex(decodeB64u(text, length_bytes)) }),
  "read envelope": ({ text }) => {
    const { salt, argon2id } = readEnvelope(text);
    return { salt: hex(salt), argon2id };
  },
  "write envelope": ({ salt, with_passphrase }) => ({
    text: writeEnvelope({ salt: fromHex(salt), withPassphrase: with_passphrase }),
  }),
  keys: async (input) => {
    const { content, manifest, proof, commitment, linkProof } = await derive(input);
    return {
      content: hex(content),
      manifest: hex(manifest),
      proof: hex(proof),
      commitment: hex(commitment),
      link_proof: hex(linkProof),
    };
  },
  part: async ({ content_key, index, count, sealed, header }) => {
    const place = { contentKey: fromHex(content_key), index, count };
    const plaintext = await stream.openPart({ ...place, sealed: fromHex(sealed) });
    const again = await stream.sealPart({ ...place, plaintext, header: fromHex(header) });
    assert.equal(hex(again), sealed);
    return { plaintext: hex(plaintext) };
  },
  "long part": async (input) => {
    const plaintext = Uint8Array.from({ length: input.plaintext.length }, (_, i) => i % 251);
    const header = fromHex(input.seal.header);
    const sealed = await stream.sealPart({ ...placeOf(input.seal), plaintext, header });
    assert.equal(sealed.length, input.sealed_length);
    assert.equal(hex(await sha256(sealed)), input.sealed_sha256);
    const opened = await stream.openPart({ ...placeOf(input.open), sealed: input.edits.reduce(edited, sealed) });
    assert.deepEqual(opened, plaintext);
    return {};
  },
  manifest: async (input) => {
    const keys = await derive(input);
    const sealed = decodeB64u(input.sealed);
    return openManifest({ keys, envelopeText: input.envelope, sealed, payloadBytes: input.payload_bytes });
  },
  paths: ({ paths }) => {
    checkPaths(paths);
    assert.deepEqual(safePaths(paths), paths);
    return {};
  },
  sizes: ({ size }) => {
    const last = stream.partCount(size) - 1;
    return {
      part_size: stream.partSizeFor(size),
      parts: stream.partCount(size),
      last_part_bytes: stream.partLength(size, last),
      last_part_offset: stream.sealedPartOffset(size, last),
      payload_bytes: stream.payloadLength(size),
    };
  },
  padding: ({ total }) => ({ pad: padmePadding(total) }),
  key: ({ text }) => ({ secret: hex(readKey(text)) }),
};

for (const name of readdirSync(FOLDER).filter((entry) => entry.endsWith(".json"))) {
  test(`the browser's implementation agrees with ${name}`, async () => {
    const vector = JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));
    const result = await outcomeOf(() => RULES[vector.rule](vector.input));
    assert.deepEqual(result, { expected: vector.expected, output: vector.output });
  });
}

async function outcomeOf(run) {
  try {
    return { expected: "ok", output: await run() };
  } catch (error) {
    if (!(error instanceof SendError)) throw error;
    return { expected: error.code.replace("_", " "), output: undefined };
  }
}

function derive({ secret, envelope, passphrase }) {
  return deriveKeys({ secret: fromHex(secret), envelope: readEnvelope(envelope), passphrase });
}

function placeOf({ content_key, index, count }) {
  return { contentKey: fromHex(content_key), index, count };
}

function edited(sealed, edit) {
  const segments = [];
  for (let at = 0; at < sealed.length; at += stream.SEGMENT_BYTES) {
    segments.push(sealed.subarray(at, at + stream.SEGMENT_BYTES));
  }
  const [[kind, value]] = Object.entries(edit);
  if (kind === "keep_first") return sealed.subarray(0, value);
  if (kind === "append") return concatBytes(sealed, fromHex(value));
  if (kind === "flip_bit") return sealed.with(value[0], sealed[value[0]] ^ (1 << value[1]));
  if (kind === "drop_segment") return concatBytes(...segments.toSpliced(value, 1));
  if (kind === "append_segment") return concatBytes(sealed, segments[value]);
  assert.equal(kind, "swap_segments");
  const [a, b] = value;
  return concatBytes(...segments.with(a, segments[b]).with(b, segments[a]));
}

function hex(bytes) {
  return Buffer.from(bytes).toString("hex");
}

function fromHex(text) {
  return new Uint8Array(Buffer.from(text, "hex"));
}
