/**
 * Starts an ordinary browser download.
 * @param {Blob} blob
 * @param {string} name suggested to the browser
 * @returns {() => void} frees the blob's address; call it once the browser is done copying
 */
export function startBrowserDownload(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.hidden = true;
  document.body.append(link);
  link.click();
  link.remove();
  return () => URL.revokeObjectURL(url);
}
