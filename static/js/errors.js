/**
 * The one error that the modules raise on purpose. Pages switch on `code`, never on the message.
 *
 * Codes of the format (docs/format.md): `wrong_key`, `damaged`, `unsupported`. Answers of the server keep
 * the `code` of their JSON body, with the HTTP `status`, `retryAfterSeconds` where the server named a delay,
 * and the parsed body as `detail`.
 */
export class SendError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {{status?: number, retryAfterSeconds?: number, detail?: any, cause?: unknown}} [server]
   */
  constructor(code, message, { status, retryAfterSeconds, detail, cause } = {}) {
    super(message, { cause });
    this.name = "SendError";
    this.code = code;
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
    this.detail = detail;
  }
}

/**
 * The key or the passphrase does not belong to this transfer.
 * @param {string} message
 */
export const wrongKey = (message) => new SendError("wrong_key", message);

/**
 * Bytes that no honest writer produces: changed, cut, mixed up or hostile.
 * @param {string} message
 */
export const damaged = (message) => new SendError("damaged", message);

/**
 * Well-formed, but of a version or with costs that this client refuses.
 * @param {string} message
 */
export const unsupported = (message) => new SendError("unsupported", message);
