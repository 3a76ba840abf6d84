import { wrongKey } from "../errors.js";
import { decodeB64u, encodeB64u } from "./bytes.js";
import { SECRET_BYTES } from "./sizes.js";

// A manage link must not pass for a key: what follows its # is the owner token.
const KEY_OR_LINK = /^(?:\S*\/d\/[0-9A-Za-z]{22}[^#\s]*#|#)?([0-9A-Za-z_-]{43})$/;

/**
 * The link to send: with `secret` (32 bytes) the one-link form, without it the two-channel form.
 * @param {string} origin
 * @param {string} id
 * @param {Bytes} [secret]
 */
export function transferLink(origin, id, secret) {
  const link = `${origin}/d/${id}`;
  return secret === undefined ? link : `${link}#${encodeB64u(secret)}`;
}

/**
 * The sender's own link; `ownerToken` is 32 bytes.
 * @param {string} origin
 * @param {string} id
 * @param {Bytes} ownerToken
 */
export const manageLink = (origin, id, ownerToken) => `${origin}/manage/${id}#${encodeB64u(ownerToken)}`;

/**
 * The secret (32 bytes) from what a person pasted: the bare key, `#` and the key, or a whole link. White
 * space around it is dropped. `wrong_key` when it is none of them.
 * @param {string} text
 */
export function readKey(text) {
  const match = KEY_OR_LINK.exec(text.trim());
  if (match === null) throw wrongKey("This is neither a key nor a link with a key.");
  try {
    return decodeB64u(match[1], SECRET_BYTES);
  } catch {
    throw wrongKey("This key is not complete.");
  }
}
