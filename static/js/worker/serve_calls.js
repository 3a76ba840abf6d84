/**
 * The worker's side of worker_handle.js: answers `{id, name, payload}` with `{id, result}` or
 * `{id, failure: {code, message}}`.
 * @param {Record<string, (payload: any) => Promise<{result?: any, transfer?: Transferable[]}|void>>} handlers
 */
export function serveCalls(handlers) {
  self.onmessage = async ({ data: { id, name, payload } }) => {
    try {
      const { result, transfer = [] } = (await handlers[name](payload)) ?? {};
      self.postMessage({ id, result }, { transfer });
    } catch (/** @type {any} */ error) {
      const code = typeof error.code === "string" ? error.code : "worker_failed";
      self.postMessage({ id, failure: { code, message: error.message } });
    }
  };
}
