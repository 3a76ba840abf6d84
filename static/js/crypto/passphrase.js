import { wrongKey } from "../errors.js";
import { utf8 } from "./bytes.js";

/**
 * Argon2id (RFC 9106, version 0x13) of a non-empty passphrase, docs/format.md section 2: 32 bytes. `salt` is
 * the kdf salt; `m` is in KiB. A passphrase with an unpaired surrogate belongs to no transfer: `wrong_key`.
 * @param {string} passphrase
 * @param {Bytes} salt
 * @param {Argon2Costs} costs
 */
export async function stretchPassphrase(passphrase, salt, { m, t, p }) {
  const { argon2id } = await loadArgon2();
  const costs = { memorySize: m, iterations: t, parallelism: p };
  return argon2id({ password: passphraseBytes(passphrase), salt, ...costs, hashLength: 32, outputType: "binary" });
}

/**
 * The passphrase as entered, in NFC and UTF-8.
 * @param {string} passphrase
 */
export function passphraseBytes(passphrase) {
  if (!passphrase.isWellFormed()) throw wrongKey("The passphrase is not valid text.");
  return utf8(passphrase.normalize("NFC"));
}

// Loaded on demand: a page without a passphrase never fetches it. The file is a classic script that names
// itself on globalThis; Node reads it as CommonJS and gives its exports as `default` instead.
async function loadArgon2() {
  const loaded = await import("../../vendor/hash-wasm/argon2.umd.min.js");
  const { hashwasm = loaded.default } = /** @type {{hashwasm?: typeof loaded.default}} */ (globalThis);
  return hashwasm;
}
