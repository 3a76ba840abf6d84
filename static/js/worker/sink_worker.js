import { SendError } from "../errors.js";
import { folderOutput } from "./folder_output.js";
import { gathered, memoryOutput, pickedFileOutput, stagedOutput } from "./outputs.js";
import { serveCalls } from "./serve_calls.js";

const READ_BYTES = 2 ** 20;
// A picked file on a full disk: Chromium stops taking bytes and says why, or is faster and says that it stopped.
const DISK_FULL = new Set(["QuotaExceededError", "AbortError"]);
const REFUSED = new Set(["NotAllowedError", "NoModificationAllowedError", "InvalidStateError", "NotFoundError", "SecurityError"]);

/** @type {Output} */
let output;
let writtenBytes = 0;
/** @type {number|null} */
let expectedBytes = null;

/** @param {Failure} error */
function asSinkFailure(error) {
  if (error instanceof SendError) return error;
  if (DISK_FULL.has(error.name)) return new SendError("no_room", "The disk is full.");
  if (REFUSED.has(error.name)) return new SendError("not_writable", `Writing was refused: ${error.name}.`);
  return error;
}

/** @param {OutputChoice} choice @returns {Promise<Output>} */
async function openOutput({ memoryLimitBytes, picked, folderEntries, ...staged }) {
  if (folderEntries) return folderOutput(picked, folderEntries);
  if (picked) return pickedFileOutput(picked);
  if (memoryLimitBytes) return memoryOutput(memoryLimitBytes);
  return stagedOutput(/** @type {Required<Pick<OutputChoice, "directoryName"|"fileName"|"bytesNeeded">>} */ (staged));
}

/** @param {Output} target @param {Entry[]} zipEntries @returns {Promise<Output>} */
async function zippedInto(target, zipEntries) {
  const { createZipStream } = await import("./zip_stream.js");
  const archive = gathered(target);
  const { read } = /** @type {Required<Output>} */ (target);
  const zip = createZipStream(zipEntries, archive.append);
  return {
    inOrder: true,
    keepsBytes: true,
    write: zip.append,
    // The checksums need every byte; what is read is written again, where it was.
    async keep({ start, end }) {
      for (let at = start; at < end; at += READ_BYTES) {
        await zip.append(read({ start: at, end: Math.min(end, at + READ_BYTES) }));
      }
    },
    async finish() {
      await zip.finish();
      await archive.flush();
      return target.finish();
    },
    discard: target.discard,
  };
}

/** @template T @param {() => Promise<T>} task */
async function guarded(task) {
  try {
    return await task();
  } catch (/** @type {any} */ error) {
    throw asSinkFailure(error);
  }
}

serveCalls({
  /**
   * One target: `{directoryName, fileName, bytesNeeded}`, `{memoryLimitBytes}` or `{picked}`. With `zipEntries` what is written
   * becomes one archive, with `folderEntries` files below the picked folder.
   */
  open: ({ zipEntries, contentBytes, ...choice }) =>
    guarded(async () => {
      const opened = await openOutput(choice);
      output = zipEntries ? await zippedInto(opened, zipEntries) : opened;
      expectedBytes = contentBytes;
      return { result: { inOrder: output.inOrder } };
    }),

  /** Verified bytes only. */
  write: ({ bytes, at }) =>
    guarded(async () => {
      const lengthBytes = bytes.length;
      await output.write(bytes, at);
      writtenBytes += lengthBytes;
      return output.keepsBytes ? undefined : { result: bytes.buffer, transfer: [bytes.buffer] };
    }),

  /** Verified bytes that an earlier worker wrote into the same private file, as `[{start, end}]` in its bytes. */
  keep: ({ stretches }) =>
    guarded(async () => {
      for (const { start, end } of stretches) {
        await /** @type {Required<Output>} */ (output).keep({ start, end });
        writtenBytes += end - start;
      }
    }),

  /** Ends the output: the file gets its content, or the bytes come back as a Blob. */
  finish: () =>
    guarded(async () => {
      if (writtenBytes !== expectedBytes) throw new SendError("damaged", "Not every byte was written.");
      return { result: await output.finish() };
    }),

  async discard() {
    await output?.discard();
  },
});
