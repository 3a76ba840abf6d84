import { SendError } from "../errors.js";
import { letGo } from "./held_memory.js";

const PUT_REFUSED = [401, 403];
const GET_REFUSED = [401, 403, 404, 410];
const RANGE_OUTSIDE = 416;
// Chromium may collect a stream whose read is pending, which then never ends: something must hold it.
const readersAtWork = new Set();

function storeFailure(status, headerText, refusedStatuses, detail = {}) {
  if (refusedStatuses.includes(status)) return new SendError("url_refused", "The address is no longer valid.", { status });
  const retryAfterSeconds = Number(headerText) || undefined;
  const message = detail.detail ?? `The store answered ${status}.`;
  return new SendError(detail.code ?? "store_error", message, { status, retryAfterSeconds, detail });
}

function parseAnswer(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/**
 * Sends one sealed part. XMLHttpRequest, because fetch does not say how much of a body is on its way.
 * A Blob, because the browser holds its bytes once and reads them as they are sent, where it copies a buffer twice.
 * @param {{url: string, body: Blob, onSent?: (bytes: number) => void, signal?: AbortSignal}} part
 * @throws {SendError} `url_refused` (ask for a fresh URL), `network`, or what the store said
 */
export function putPart({ url, body, onSent, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    signal?.addEventListener("abort", stop, { once: true });
    request.upload.onprogress = (event) => onSent?.(event.loaded);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) return resolve();
      const retryAfter = request.getResponseHeader("Retry-After");
      reject(storeFailure(request.status, retryAfter, PUT_REFUSED, parseAnswer(request.responseText)));
    };
    request.onerror = () => reject(new SendError("network", "The store cannot be reached."));
    request.onabort = () => reject(signal.reason);
    request.onloadend = () => {
      signal?.removeEventListener("abort", stop);
      letGo(body.size);
    };
    request.open("PUT", url);
    request.send(body);
  });
}

function readerOf(body) {
  try {
    return { reader: body.getReader({ mode: "byob" }), intoView: true };
  } catch {
    return { reader: body.getReader(), intoView: false };
  }
}

/** `buffer` has room for one byte more than is expected, so that what is too much is seen. */
async function readExactly(body, lengthBytes, buffer, onReceived) {
  let bytes = new Uint8Array(buffer);
  let filled = 0;
  const { reader, intoView } = readerOf(body);
  readersAtWork.add(reader);
  try {
    for (;;) {
      const { done, value } = await reader.read(intoView ? bytes.subarray(filled) : undefined);
      if (intoView && value) bytes = new Uint8Array(value.buffer);
      if (done) break;
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

/** What a buffer needs to hold for a range of that length. */
export function rangeBufferBytes(lengthBytes) {
  return lengthBytes + 1;
}

/**
 * Fetches bytes `start`…`end` (inclusive) of an object of `totalBytes`, and nothing else will do:
 * another success or Content-Range, or no such range, is `damaged`, a body that ends early is `network` (try again), and an
 * address that is refused or leads nowhere `url_refused` (ask for a fresh one, and learn why).
 * @param {{url: string, start: number, end: number, totalBytes: number, buffer?: ArrayBuffer,
 *          onReceived?: (bytes: number) => void, signal?: AbortSignal}} range
 *   `buffer`: handed over, and comes back as that of the bytes where it is large enough, see `rangeBufferBytes`
 * @returns {Promise<Uint8Array>}
 */
export async function getRange({ url, start, end, totalBytes, buffer, onReceived, signal }) {
  const lengthBytes = end - start + 1;
  const room = buffer?.byteLength >= rangeBufferBytes(lengthBytes) ? buffer : new ArrayBuffer(rangeBufferBytes(lengthBytes));
  const headers = { Range: `bytes=${start}-${end}` };
  try {
    const request = { headers, signal, cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer" };
    const response = await fetch(url, request);
    if (response.status === RANGE_OUTSIDE) throw new SendError("damaged", "The store holds fewer bytes than it should.");
    if (response.status >= 400) throw storeFailure(response.status, response.headers.get("Retry-After"), GET_REFUSED);
    const exact = response.headers.get("Content-Range") === `bytes ${start}-${end}/${totalBytes}`;
    if (response.status !== 206 || !exact) throw new SendError("damaged", "The store did not answer with the range asked for.");
    return await readExactly(response.body, lengthBytes, room, onReceived);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (error instanceof SendError) throw error;
    throw new SendError("network", "The store cannot be reached.");
  }
}
