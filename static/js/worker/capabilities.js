import { SendError } from "../errors.js";

/** @throws {SendError} `unsupported_browser` where sealing and opening cannot work: no WebCrypto (a page without https) or an old browser */
export function requireCapabilities() {
  const present =
    globalThis.crypto?.subtle &&
    globalThis.Worker &&
    globalThis.ReadableStream &&
    "any" in AbortSignal &&
    "isWellFormed" in String.prototype;
  if (!present) throw new SendError("unsupported_browser", "WebCrypto or module workers are missing.");
}
