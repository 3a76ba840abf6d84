/**
 * What a tab keeps so that a reload goes on: in sessionStorage, gone when the tab closes. Where a browser refuses it,
 * the tab works without.
 * @template T
 * @param {() => T} use of sessionStorage
 * @param {T} otherwise
 */
function unlessRefused(use, otherwise) {
  try {
    return use();
  } catch {
    return otherwise;
  }
}

/** @param {string} kind @param {string} id @param {string} value */
export function remember(kind, id, value) {
  unlessRefused(() => sessionStorage.setItem(`${kind}:${id}`, value), undefined);
}

/** @param {string} kind @param {string} id */
export const recall = (kind, id) => unlessRefused(() => sessionStorage.getItem(`${kind}:${id}`), null);

/** @param {string} kind @param {string} id */
export function forget(kind, id) {
  unlessRefused(() => sessionStorage.removeItem(`${kind}:${id}`), undefined);
}

/**
 * Everything of a kind that belongs to a transfer: what follows `id:` in its name, and its value.
 * @param {string} kind
 * @param {string} id
 * @returns {[string, string][]}
 */
export function recallAll(kind, id) {
  const prefix = `${kind}:${id}:`;
  const names = unlessRefused(() => Object.keys(sessionStorage).filter((name) => name.startsWith(prefix)), []);
  return names.map((name) => [name.slice(prefix.length), sessionStorage.getItem(name) ?? ""]);
}
