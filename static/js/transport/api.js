import { SendError } from "../errors.js";
import { retryAfterSecondsOf } from "./retry.js";

const ACCESS_TOKEN = "x-sgraph-access-token";
const OWNER_TOKEN = "x-sgraph-owner-token";
const LEASE_TOKEN = "x-sgraph-lease-token";

/** @param {Response} response */
async function failureOf(response) {
  const answer = await response.json().catch(() => ({}));
  return new SendError(answer.code ?? "server_error", answer.detail ?? `The server answered ${response.status}.`, {
    status: response.status,
    retryAfterSeconds: retryAfterSecondsOf(response.headers.get("Retry-After")),
    detail: answer,
  });
}

/**
 * @param {string} method
 * @param {string} path
 * @param {{body?: object, headers?: Record<string, string|undefined>, signal?: AbortSignal, keepalive?: boolean}} [options]
 * @returns {Promise<any>}
 */
async function call(method, path, { body, headers = {}, signal, keepalive } = {}) {
  const present = /** @type {[string, string][]} */ (Object.entries(headers).filter(([, value]) => value));
  /** @type {RequestInit} */
  const request = { method, signal, keepalive, cache: "no-store", credentials: "omit", redirect: "error" };
  if (body !== undefined) {
    request.body = JSON.stringify(body);
    present.push(["Content-Type", "application/json"]);
  }
  let response;
  try {
    response = await fetch(path, { ...request, headers: present, referrerPolicy: "no-referrer" });
    if (response.ok) return await response.json();
  } catch {
    if (signal?.aborted) throw signal.reason;
    throw new SendError("network", "The server cannot be reached.");
  }
  throw await failureOf(response);
}

/** @param {Owner} owner */
const ownerHeaders = ({ ownerToken, accessToken }) => ({ [OWNER_TOKEN]: ownerToken, [ACCESS_TOKEN]: accessToken });

/**
 * What this server allows: limits, choices, and whether uploading needs an access token.
 * @returns {Promise<Config>}
 */
export const readConfig = () => call("GET", "/info/config");

/**
 * @param {object} body
 * @param {{accessToken?: string, signal?: AbortSignal}} options
 * @returns {Promise<{transfer_id: string, expires_at: string}>}
 */
export const createTransfer = (body, { accessToken, signal }) =>
  call("POST", "/transfers/create", { body, headers: { [ACCESS_TOKEN]: accessToken }, signal });

/**
 * @param {string} id
 * @param {number[]} parts
 * @param {Owner & {signal?: AbortSignal}} owner
 * @returns {Promise<{parts: {index: number, url: string, size_bytes: number}[]}>}
 */
export const signParts = (id, parts, { signal, ...owner }) =>
  call("POST", `/transfers/upload/${id}/sign`, { body: { parts }, headers: ownerHeaders(owner), signal });

/**
 * @param {string} id
 * @param {Owner & {signal?: AbortSignal}} owner
 * @returns {Promise<{parts: {index: number, size_bytes: number}[]}>} what the store holds whole
 */
export const listParts = (id, { signal, ...owner }) =>
  call("GET", `/transfers/upload/${id}/parts`, { headers: ownerHeaders(owner), signal });

/**
 * @param {string} id
 * @param {string} manifest
 * @param {Owner & {signal?: AbortSignal}} owner
 * @returns {Promise<Completion>}
 */
export const completeTransfer = (id, manifest, { signal, ...owner }) =>
  call("POST", `/transfers/complete/${id}`, { body: { manifest }, headers: ownerHeaders(owner), signal });

/** @param {string} id @param {Owner} owner */
export const abortUpload = (id, owner) =>
  call("POST", `/transfers/upload/${id}/abort`, { headers: ownerHeaders(owner), keepalive: true });

/**
 * A live lease still reads the info of a transfer that is expired or used up for everybody else.
 * @param {string} id
 * @param {{leaseToken?: string, signal?: AbortSignal}} [options]
 * @returns {Promise<TransferInfo>}
 */
export const readInfo = (id, { leaseToken, signal } = {}) =>
  call("GET", `/transfers/info/${id}`, { headers: { [LEASE_TOKEN]: leaseToken }, signal });

/**
 * @param {string} id
 * @param {{proofs: Proofs, leaseToken?: string, signal?: AbortSignal}} options
 * @returns {Promise<{manifest: string}>}
 */
export function readManifest(id, { proofs, leaseToken, signal }) {
  const body = { ...proofs, ...(leaseToken ? { lease_token: leaseToken } : {}) };
  return call("POST", `/transfers/manifest/${id}`, { body, signal });
}

/**
 * The same lease token again is the same lease with a fresh URL, and counts nothing.
 * @param {string} id
 * @param {{proofs: Proofs, leaseToken: string, signal?: AbortSignal}} options
 * @returns {Promise<{url: string}>}
 */
export const takeLease = (id, { proofs, leaseToken, signal }) =>
  call("POST", `/transfers/download/${id}/lease`, { body: { ...proofs, lease_token: leaseToken }, signal });

/** @param {string} id @param {string} leaseToken */
export const finishLease = (id, leaseToken) =>
  call("POST", `/transfers/download/${id}/finish`, { body: { lease_token: leaseToken }, keepalive: true });

/** @param {string} id @param {Owner} owner @returns {Promise<TransferStatus>} */
export const readStatus = (id, { ownerToken }) =>
  call("GET", `/transfers/manage/${id}`, { headers: { [OWNER_TOKEN]: ownerToken } });

/**
 * @param {string} id
 * @param {Owner} owner
 * @param {Terms} changes null: no limit
 * @returns {Promise<TransferStatus>}
 */
export const changeTerms = (id, { ownerToken }, changes) =>
  call("PATCH", `/transfers/manage/${id}`, { body: changes, headers: { [OWNER_TOKEN]: ownerToken } });

/** @param {string} id @param {Owner} owner @returns {Promise<TransferStatus>} */
export const stopDownloads = (id, { ownerToken }) =>
  call("POST", `/transfers/manage/${id}/revoke`, { headers: { [OWNER_TOKEN]: ownerToken } });

/**
 * What is stored of any transfer.
 * @returns {Promise<Transparency>}
 */
export const readStoredShape = () => call("GET", "/transfers/transparency");

/**
 * What is stored of this transfer, as far as everybody with its link may know, and of the caller's own download.
 * @param {string} id
 * @param {{leaseToken?: string}} options
 * @returns {Promise<Transparency>}
 */
export const readStored = (id, { leaseToken }) =>
  call("GET", `/transfers/transparency/${id}`, { headers: { [LEASE_TOKEN]: leaseToken } });

/** @param {string} id @param {Owner} owner */
export const deleteTransfer = (id, { ownerToken }) =>
  call("DELETE", `/transfers/manage/${id}`, { headers: { [OWNER_TOKEN]: ownerToken } });

/**
 * @param {string} id
 * @param {{reason: string, words: string, contact: string, disclosed_key?: string}} report
 * @returns {Promise<{status: string}>}
 */
export const reportTransfer = (id, report) => call("POST", `/transfers/report/${id}`, { body: report });

/** @param {{email: string, words: string}} entry */
export const registerInterest = (entry) => call("POST", "/info/waitlist", { body: entry });
