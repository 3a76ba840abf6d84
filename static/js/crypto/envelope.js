import { damaged, unsupported } from "../errors.js";
import { decodeB64u, encodeB64u } from "./bytes.js";
import { KDF_SALT_BYTES } from "./sizes.js";
import { parseStrictJson } from "./strict_json.js";

export const ENVELOPE_BYTES_MAX = 1024;
export const ARGON2ID_COSTS = Object.freeze({ m: 65536, t: 3, p: 1 });

const VERSION = 1;
const COST_RANGES = { m: [65536, 262144], t: [3, 8], p: [1, 1] };

/**
 * The envelope's text, docs/format.md section 3: what the server stores and returns byte for byte.
 * `salt` is the kdf salt, 16 bytes.
 * @param {{salt: Bytes, withPassphrase: boolean}} parameters
 */
export function writeEnvelope({ salt, withPassphrase }) {
  const kdf = { salt: encodeB64u(salt), ...(withPassphrase ? { argon2id: ARGON2ID_COSTS } : {}) };
  return JSON.stringify({ v: VERSION, kdf });
}

/**
 * Checks an envelope's text. Returns `{salt, argon2id}`: 16 bytes, and the Argon2id costs `{m, t, p}` (m in
 * KiB) or null for a transfer without a passphrase. Another version, costs outside the allowed ranges and
 * unknown members are `unsupported`, everything else that is wrong is `damaged`.
 * @param {unknown} text
 * @returns {Envelope}
 */
export function readEnvelope(text) {
  if (typeof text !== "string" || text.length > ENVELOPE_BYTES_MAX || !/^[\x00-\x7f]*$/.test(text)) {
    throw damaged("The envelope is not short ASCII text.");
  }
  const envelope = objectOf(parseStrictJson(text));
  if (integerOf(envelope.v) !== VERSION) throw unsupported("This transfer was made by a newer version.");
  refuseUnknown(envelope, ["v", "kdf"]);
  const kdf = objectOf(envelope.kdf);
  refuseUnknown(kdf, ["salt", "argon2id"]);
  return {
    salt: decodeB64u(kdf.salt, KDF_SALT_BYTES),
    argon2id: "argon2id" in kdf ? readCosts(objectOf(kdf.argon2id)) : null,
  };
}

/** @param {Record<string, unknown>} argon2id @returns {Argon2Costs} */
function readCosts(argon2id) {
  refuseUnknown(argon2id, Object.keys(COST_RANGES));
  /** @type {Argon2Costs} */
  const costs = { ...ARGON2ID_COSTS };
  for (const name of /** @type {const} */ (["m", "t", "p"])) {
    const [least, most] = COST_RANGES[name];
    costs[name] = integerOf(argon2id[name]);
    if (costs[name] < least || costs[name] > most) throw unsupported(`The Argon2id cost ${name} is out of range.`);
  }
  return costs;
}

/** @param {any} value @returns {Record<string, unknown>} */
function objectOf(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw damaged("The envelope lacks an object.");
  }
  return value;
}

/** @param {any} value @returns {number} */
function integerOf(value) {
  if (!Number.isSafeInteger(value)) throw damaged("The envelope lacks a plain integer.");
  return value;
}

/** @param {object} object @param {string[]} known */
function refuseUnknown(object, known) {
  if (Object.keys(object).some((name) => !known.includes(name))) {
    throw unsupported("The envelope has a member that this version does not know.");
  }
}
