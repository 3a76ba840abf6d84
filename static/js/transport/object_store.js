import { SendError } from "../errors.js";
import { noteReleasedBytes } from "./garbage_collection.js";
import { retryAfterSecondsOf } from "./retry.js";

// An upload that ended meanwhile (404, 409, 410) says why where a fresh address is asked for.
const PUT_REFUSED = [401, 403, 404, 409, 410];
const GET_REFUSED = [401, 403, 404, 410];
const RANGE_OUTSIDE = 416;
// A connection that died unseen (a roaming phone, a switch that lost its power) brings neither bytes nor an error.
const ANSWER_SILENT_AT_MOST_MS = 60_000;
// Of an upload the browser tells what the system took, whose buffers a slow line empties in minutes.
const UPLOAD_SILENT_AT_MOST_MS = 300_000;
const CHECK_EVERY_MS = 5_000;
// Chromium may collect a stream whose read is pending, which then never ends: something must hold it.
/** @type {Set<unknown>} */
const readersAtWork = new Set();

/**
 * @param {number} status
 * @param {string|null} headerText the Retry-After header
 * @param {number[]} refusedStatuses
 * @param {{code?: string, detail?: string}} [detail]
 */
function storeFailure(status, headerText, refusedStatuses, detail = {}) {
  if (refusedStatuses.includes(status)) return new SendError("url_refused", "The address is no longer valid.", { status });
  const message = detail.detail ?? `The store answered ${status}.`;
  return new SendError(detail.code ?? "store_error", message, { status, retryAfterSeconds: retryAfterSecondsOf(headerText), detail });
}

/** @param {string} text */
function parseAnswer(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/**
 * A signal that is aborted with `signal`, or once `heard` was not called for so long.
 * @param {AbortSignal|undefined} signal
 * @param {number} silentAtMostMs
 */
function watchSilence(signal, silentAtMostMs) {
  const silence = new AbortController();
  let heardAt = performance.now();
  const timer = setInterval(() => {
    if (performance.now() - heardAt >= silentAtMostMs) silence.abort();
  }, CHECK_EVERY_MS);
  return {
    signal: AbortSignal.any(signal ? [signal, silence.signal] : [silence.signal]),
    heard: () => (heardAt = performance.now()),
    end: () => clearInterval(timer),
  };
}

/**
 * Sends one sealed part. XMLHttpRequest, because fetch does not say how much of a body is on its way.
 * A Blob, because the browser holds its bytes once and reads them as they are sent, where it copies a buffer twice.
 * @param {{url: string, body: Blob, onSent?: (bytes: number) => void, signal?: AbortSignal}} part
 * @throws {SendError} `url_refused` (ask for a fresh URL, and learn why), `network`, or what the store said
 */
export function putPart({ url, body, onSent, signal }) {
  return new Promise((/** @type {(_: void) => void} */ resolve, reject) => {
    if (signal?.aborted) return void reject(signal.reason);
    const request = new XMLHttpRequest();
    const watch = watchSilence(signal, UPLOAD_SILENT_AT_MOST_MS);
    watch.signal.addEventListener("abort", () => request.abort(), { once: true });
    request.upload.onprogress = (event) => {
      watch.heard();
      onSent?.(event.loaded);
    };
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) return resolve();
      const retryAfter = request.getResponseHeader("Retry-After");
      reject(storeFailure(request.status, retryAfter, PUT_REFUSED, parseAnswer(request.responseText)));
    };
    const unreachable = new SendError("network", "The store cannot be reached.");
    request.onerror = () => reject(unreachable);
    request.onabort = () => reject(signal?.aborted ? signal.reason : unreachable);
    request.onloadend = () => {
      watch.end();
      noteReleasedBytes(body.size);
    };
    request.open("PUT", url);
    request.send(body);
  });
}

/**
 * @param {ReadableStream<Bytes>} body
 * @returns {{intoView: boolean, reader: {cancel: () => Promise<void>,
 *            read: (view?: Bytes) => Promise<{done: boolean, value?: Bytes}>}}}
 */
function readerOf(body) {
  try {
    return { reader: /** @type {any} */ (body.getReader({ mode: "byob" })), intoView: true };
  } catch {
    return { reader: /** @type {any} */ (body.getReader()), intoView: false };
  }
}

/**
 * `buffer` has room for one byte more than is expected, so that what is too much is seen.
 * @param {ReadableStream<Bytes>} body
 * @param {number} lengthBytes
 * @param {ArrayBuffer} buffer
 * @param {(bytes: number) => void} onReceived
 * @returns {Promise<Bytes>}
 */
async function readExactly(body, lengthBytes, buffer, onReceived) {
  let bytes = new Uint8Array(buffer);
  let filled = 0;
  const { reader, intoView } = readerOf(body);
  readersAtWork.add(reader);
  try {
    for (;;) {
      const { done, value } = await reader.read(intoView ? bytes.subarray(filled) : undefined);
      if (intoView && value) bytes = new Uint8Array(value.buffer);
      if (done || !value) break;
      if (filled + value.length > lengthBytes) {
        await reader.cancel();
        throw new SendError("damaged", "The store sent more than was asked for.");
      }
      if (!intoView) bytes.set(value, filled);
      filled += value.length;
      onReceived?.(filled);
    }
  } finally {
    readersAtWork.delete(reader);
  }
  if (filled < lengthBytes) throw new SendError("network", "The answer ended early.");
  return bytes.subarray(0, lengthBytes);
}

/**
 * What a buffer needs to hold for a range of that length.
 * @param {number} lengthBytes
 */
export const rangeBufferBytes = (lengthBytes) => lengthBytes + 1;

/**
 * Fetches bytes `start`…`end` (inclusive) of an object of `totalBytes`, and nothing else will do:
 * another success or Content-Range, or no such range, is `damaged`, a body that ends early or stands still for a minute is
 * `network` (try again), and an address that is refused or leads nowhere `url_refused` (ask for a fresh one, and learn why).
 * @param {{url: string, start: number, end: number, totalBytes: number, buffer?: ArrayBuffer,
 *          onReceived?: (bytes: number) => void, signal?: AbortSignal}} range
 *   `buffer`: transferred, and comes back as that of the bytes where it is large enough, see `rangeBufferBytes`
 * @returns {Promise<Bytes>}
 */
export async function getRange({ url, start, end, totalBytes, buffer, onReceived, signal }) {
  const lengthBytes = end - start + 1;
  const neededBytes = rangeBufferBytes(lengthBytes);
  const room = buffer && buffer.byteLength >= neededBytes ? buffer : new ArrayBuffer(neededBytes);
  const headers = { Range: `bytes=${start}-${end}` };
  const watch = watchSilence(signal, ANSWER_SILENT_AT_MOST_MS);
  /** @param {number} count */
  function onBytes(count) {
    watch.heard();
    onReceived?.(count);
  }
  try {
    /** @type {RequestInit} */
    const request = { headers, signal: watch.signal, cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer" };
    const response = await fetch(url, request);
    if (response.status === RANGE_OUTSIDE) throw new SendError("damaged", "The store holds fewer bytes than it should.");
    if (response.status >= 400) {
      const answer = parseAnswer(await response.text());
      throw storeFailure(response.status, response.headers.get("Retry-After"), GET_REFUSED, answer);
    }
    const exact = response.headers.get("Content-Range") === `bytes ${start}-${end}/${totalBytes}`;
    if (response.status !== 206 || !exact) throw new SendError("damaged", "The store did not answer with the range asked for.");
    watch.heard();
    return await readExactly(/** @type {ReadableStream<Bytes>} */ (response.body), lengthBytes, room, onBytes);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (error instanceof SendError) throw error;
    throw new SendError("network", "The store cannot be reached.");
  } finally {
    watch.end();
  }
}
