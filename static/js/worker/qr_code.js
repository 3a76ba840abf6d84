import { openWorker } from "./worker_handle.js";

/**
 * The QR code of a text: rows of modules, the dark ones true, its quiet zone included. What computes it is not
 * our code and sees a key: it runs in a worker of its own, which reaches nothing and ends with the answer.
 * @param {string} scriptUrl address of qr_worker.js
 * @param {string} text
 * @returns {Promise<boolean[][]>} throws SendError `worker_failed`
 */
export async function encodeQrCode(scriptUrl, text) {
  const worker = openWorker(scriptUrl);
  try {
    return await worker.call("encode", { text });
  } finally {
    worker.close();
  }
}
