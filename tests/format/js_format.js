// Answers calls of the browser's format modules over stdin and stdout, one JSON object a line.
import { createInterface } from "node:readline";
import { readEnvelope } from "../../static/js/crypto/envelope.js";
import { deriveKeys } from "../../static/js/crypto/keys.js";
import { openManifest, sealManifest } from "../../static/js/crypto/manifest.js";
import { padmePadding } from "../../static/js/crypto/padme.js";
import { pathProblem, safePaths } from "../../static/js/crypto/paths.js";
import * as stream from "../../static/js/crypto/stream.js";
import { parseStrictJson } from "../../static/js/crypto/strict_json.js";

const CALLS = {
  sealPart: stream.sealPart,
  openPart: stream.openPart,
  sizes: ({ size }) => ({
    partSize: stream.partSizeFor(size),
    parts: stream.partCount(size),
    payload: stream.payloadLength(size),
    pad: padmePadding(size),
  }),
  sealedPartLength: ({ plainBytes }) => stream.sealedPartLength(plainBytes),
  pathProblem: ({ path }) => pathProblem(path) !== null,
  safePaths: ({ paths }) => safePaths(paths),
  parseStrictJson: ({ text }) => parseStrictJson(text),
  sealManifest: async ({ secret, envelopeText, manifest }) => {
    const keys = await deriveKeys({ secret, envelope: readEnvelope(envelopeText) });
    return sealManifest({ keys, envelopeText, manifest });
  },
  openManifest: async ({ secret, envelopeText, sealed, payloadBytes }) => {
    const keys = await deriveKeys({ secret, envelope: readEnvelope(envelopeText) });
    return openManifest({ keys, envelopeText, sealed, payloadBytes });
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { call, input } = JSON.parse(line, fromBytes);
  process.stdout.write(`${JSON.stringify(await answer(call, input), withBytes)}\n`);
}

async function answer(call, input) {
  try {
    return { result: await CALLS[call](input) };
  } catch (error) {
    return { error: error.code ?? String(error.stack) };
  }
}

function fromBytes(_, value) {
  return typeof value?.$bytes === "string" ? new Uint8Array(Buffer.from(value.$bytes, "base64")) : value;
}

function withBytes(_, value) {
  return value instanceof Uint8Array ? { $bytes: Buffer.from(value).toString("base64") } : value;
}
