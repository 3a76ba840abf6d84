/**
 * What a tab keeps so that a reload goes on: in sessionStorage, gone when the tab closes. Where a
 * browser refuses it, the tab works without.
 */
export function remember(kind, id, value) {
  try {
    sessionStorage.setItem(`${kind}:${id}`, value);
  } catch {
    return;
  }
}

export function recall(kind, id) {
  try {
    return sessionStorage.getItem(`${kind}:${id}`);
  } catch {
    return null;
  }
}

export function forget(kind, id) {
  try {
    sessionStorage.removeItem(`${kind}:${id}`);
  } catch {
    return;
  }
}
