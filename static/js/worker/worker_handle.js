import { SendError } from "../errors.js";

/** @type {{createScriptURL: (url: string) => string}|undefined} */
let policy;

/**
 * Trusted Types: only scripts of our own origin become workers, and the policy can be made once.
 * @param {string} url
 * @returns {string}
 */
function trustedScriptUrl(url) {
  const absolute = new URL(url, location.href);
  if (absolute.origin !== location.origin) throw new SendError("worker_failed", "A worker must come from this site.");
  if (!globalThis.trustedTypes) return absolute.href;
  policy ??= globalThis.trustedTypes.createPolicy("sgraph-send-worker", { createScriptURL: (/** @type {string} */ href) => href });
  return policy.createScriptURL(absolute.href);
}

/**
 * A worker that answers calls, see serve_calls.js.
 * @param {string} scriptUrl
 * @returns {{call: (name: string, payload: object, transfer?: Transferable[]) => Promise<any>, close: () => void}}
 */
export function openWorker(scriptUrl) {
  const worker = new Worker(trustedScriptUrl(scriptUrl), { type: "module" });
  /** @type {Map<number, {resolve: (result: any) => void, reject: (error: Error) => void}>} */
  const waiting = new Map();
  let lastId = 0;

  /** @param {Error} error */
  function failAll(error) {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  }

  worker.onmessage = ({ data }) => {
    const { resolve, reject } = waiting.get(data.id) ?? {};
    waiting.delete(data.id);
    if (data.failure) reject?.(new SendError(data.failure.code, data.failure.message));
    else resolve?.(data.result);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    failAll(new SendError("worker_failed", "A part of this page did not start."));
  };

  return {
    call(name, payload, transfer = []) {
      return new Promise((resolve, reject) => {
        lastId += 1;
        waiting.set(lastId, { resolve, reject });
        worker.postMessage({ id: lastId, name, payload }, transfer);
      });
    },
    close() {
      worker.terminate();
      failAll(new SendError("cancelled", "Stopped."));
    },
  };
}
