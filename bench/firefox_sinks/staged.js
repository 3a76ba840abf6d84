let file;
let handle;
let at = 0;

onmessage = async ({ data }) => {
  if (data.lengthBytes) {
    const root = await navigator.storage.getDirectory();
    file = await root.getFileHandle("sink", { create: true });
    handle = await file.createSyncAccessHandle();
    handle.truncate(data.lengthBytes);
    postMessage(null);
  } else if (data.bytes) {
    at += handle.write(data.bytes, { at });
    postMessage(null);
  } else {
    handle.flush();
    handle.close();
    postMessage(await file.getFile());
  }
};
