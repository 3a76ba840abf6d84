/**
 * Takes the fragment off the address bar, so that it is neither in the history nor seen over a shoulder
 * (format.md §1). Call it before any request.
 * @returns {string} without its #
 */
export function takeFragment() {
  const fragment = location.hash.slice(1);
  if (location.hash || location.href.endsWith("#")) {
    history.replaceState(null, "", location.pathname + location.search);
  }
  return fragment;
}
