"""What a page keeps in the browser's private file system, and pickers that pick places there."""

from playwright.sync_api import Page

_LISTING = """async (folder) => {
  const found = {};
  async function walk(directory, prefix) {
    for await (const [name, handle] of directory.entries()) {
      if (handle.kind === "directory") await walk(handle, `${prefix}${name}/`);
      else found[prefix + name] = await describe(handle);
    }
  }
  async function describe(handle) {
    const bytes = await (await handle.getFile()).arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  const root = await navigator.storage.getDirectory();
  await walk(folder ? await root.getDirectoryHandle(folder, { create: true }) : root, "");
  return found;
}"""

# The browser's own dialogs can't be driven; the handles that these give are real ones.
PICKERS = """(() => {
  const root = () => navigator.storage.getDirectory();
  const picked = async () => (await root()).getDirectoryHandle("picked", { create: true });
  globalThis.showSaveFilePicker = async ({ suggestedName }) =>
    (await picked()).getFileHandle(suggestedName, { create: true });
  globalThis.showDirectoryPicker = picked;
})()"""

_NAMES = """async () => {
  const names = [];
  async function walk(directory) {
    for await (const [name, handle] of directory.entries()) {
      if (handle.kind === "directory") await walk(handle);
      else names.push(name);
    }
  }
  await walk(await navigator.storage.getDirectory());
  return names;
}"""

_PUT = """async ([name, text]) => {
  const root = await navigator.storage.getDirectory();
  const picked = await root.getDirectoryHandle("picked", { create: true });
  const writable = await (await picked.getFileHandle(name, { create: true })).createWritable();
  await writable.write(text);
  await writable.close();
}"""


def private_files(page: Page, folder: str = "") -> dict[str, str]:
    """Path → SHA-256 of every file in the private file system, or in one of its folders."""
    return page.evaluate(_LISTING, folder)


def private_names(page: Page) -> list[str]:
    """The names alone, without reading what may be large or about to be removed."""
    return page.evaluate(_NAMES)


def put_picked(page: Page, name: str, text: str) -> None:
    """A file that is in the picked folder already."""
    page.evaluate(_PUT, [name, text])
