import { SendError } from "../errors.js";
import { serveCalls } from "./serve_calls.js";

const OUTPUT_TYPE = "application/octet-stream";

let output = null;
let zip = null;

async function stagedOutput(directoryName, fileName) {
  const root = await navigator.storage.getDirectory();
  const directory = await root.getDirectoryHandle(directoryName, { create: true });
  const file = await directory.getFileHandle(fileName, { create: true });
  const handle = await file.createSyncAccessHandle();
  let at = 0;
  return {
    write(bytes) {
      const written = handle.write(bytes, { at });
      if (written !== bytes.length) throw new SendError("no_room", "The disk is full.");
      at += written;
    },
    async finish() {
      handle.flush();
      handle.close();
      const whole = await file.getFile();
      return whole.slice(0, whole.size, OUTPUT_TYPE);
    },
    close: () => handle.close(),
  };
}

function memoryOutput(limitBytes) {
  const chunks = [];
  let lengthBytes = 0;
  return {
    write(bytes) {
      lengthBytes += bytes.length;
      if (lengthBytes > limitBytes) throw new SendError("no_room", "More than fits into memory.");
      chunks.push(bytes.slice());
    },
    finish: async () => new Blob(chunks, { type: OUTPUT_TYPE }),
    close: () => chunks.splice(0),
  };
}

function asSinkFailure(error) {
  if (error.name === "QuotaExceededError") return new SendError("no_room", "The disk is full.");
  return error;
}

async function openOutput({ directoryName, fileName, memoryLimitBytes }) {
  if (memoryLimitBytes) return memoryOutput(memoryLimitBytes);
  try {
    return await stagedOutput(directoryName, fileName);
  } catch (error) {
    throw new SendError("no_staging", `No private file system here: ${error.name}.`);
  }
}

serveCalls({
  /** `{directoryName, fileName}` or `{memoryLimitBytes}`; with `zipEntries` what is appended becomes one archive. */
  async open({ zipEntries, ...place }) {
    output = await openOutput(place);
    if (!zipEntries) return;
    const { createZipStream } = await import("./zip_stream.js");
    zip = createZipStream(zipEntries, output.write);
  },

  /** Verified bytes only, in order. */
  async append({ bytes }) {
    try {
      if (zip) await zip.append(bytes);
      else output.write(bytes);
    } catch (error) {
      throw asSinkFailure(error);
    }
  },

  async finish() {
    await zip?.finish();
    return { result: await output.finish() };
  },

  async discard() {
    output?.close();
    output = null;
  },
});
