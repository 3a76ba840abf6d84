/**
 * What a tab keeps so that a reload goes on: in sessionStorage, gone when the tab closes. Where a
 * browser refuses it, the tab works without.
 * @param {string} kind
 * @param {string} id
 * @param {string} value
 */
export function remember(kind, id, value) {
  try {
    sessionStorage.setItem(`${kind}:${id}`, value);
  } catch {
    return;
  }
}

/** @param {string} kind @param {string} id */
export function recall(kind, id) {
  try {
    return sessionStorage.getItem(`${kind}:${id}`);
  } catch {
    return null;
  }
}

/** @param {string} kind @param {string} id */
export function forget(kind, id) {
  try {
    sessionStorage.removeItem(`${kind}:${id}`);
  } catch {
    return;
  }
}

/**
 * Everything of a kind that belongs to a transfer: what follows `id:` in its name, and its value.
 * @param {string} kind
 * @param {string} id
 * @returns {[string, string][]}
 */
export function recallAll(kind, id) {
  const prefix = `${kind}:${id}:`;
  try {
    const names = Object.keys(sessionStorage).filter((name) => name.startsWith(prefix));
    return names.map((name) => [name.slice(prefix.length), sessionStorage.getItem(name) ?? ""]);
  } catch {
    return [];
  }
}
