import { SendError } from "../errors.js";
import { beginTransfer } from "../upload/begin.js";
import { mayGoOn } from "../upload/continuation.js";
import { createGate } from "../upload/gate.js";
import { keepUpload, keptParts, noRecord, openRecord } from "../upload/resume_record.js";
import { withUploadLock } from "../upload/upload_lock.js";
import { abortTransfer, repeatCompletion, sendTransfer } from "../upload/uploader.js";
import { elementOf, finderIn } from "../ui/elements.js";
import { createProgressPanel } from "../ui/progress_panel.js";
import { backMessage } from "../ui/send_messages.js";
import { createCryptoPool } from "../worker/crypto_pool.js";
import { createConnectionStates } from "./connection_states.js";

/**
 * @typedef {{transfer: BegunTransfer|null, record: UploadRecord}} Begun
 * @typedef {BegunTransfer & {answer: Completion}} SentTransfer
 */

/**
 * One upload at a time, with its pool of workers, its progress and its buttons.
 * @param {HTMLElement} main
 * @param {PageScreen} screen
 */
export function createSending(main, screen) {
  const find = finderIn(main);
  const pauseButton = find("pause");
  /** @type {AbortController} */
  let cancelling;
  /** @type {Gate} */
  let gate;
  /** @type {ReturnType<typeof createConnectionStates>} */
  let states;

  /** @param {number} partCount @param {number} totalBytes */
  function startPanel(partCount, totalBytes) {
    const onPercent = (/** @type {number} */ percent) => screen.titlePercent(percent, "sealed and sent");
    const partIndexes = [...Array(partCount).keys()];
    return createProgressPanel(elementOf(main, ".progress", HTMLElement), { partIndexes, totalBytes, onPercent });
  }

  function togglePause() {
    if (gate.isPaused()) {
      gate.resume();
      states.onResume();
    } else {
      gate.pause();
      states.onPause();
    }
    pauseButton.textContent = gate.isPaused() ? "Continue" : "Pause";
  }

  pauseButton.addEventListener("click", togglePause);
  find("cancel").addEventListener("click", () => cancelling.abort(new SendError("cancelled", "Cancelled.")));

  /** @param {BegunTransfer} transfer @param {UploadRecord} record */
  async function giveUp(transfer, record) {
    await Promise.all([abortTransfer(transfer).catch(() => {}), record.erase()]);
  }

  /**
   * Runs `task` with all it needs; `transfer` and `record` of what it began are given up where nothing can go on.
   * @param {{partCount: number, payloadBytes: number, isContinued: boolean}} size
   * @param {(tools: Connection & {pool: CryptoPool, gate: Gate, signal: AbortSignal}, begun: Begun) => Promise<Completion>} task
   * @returns {Promise<SentTransfer>}
   */
  async function work({ partCount, payloadBytes, isContinued }, task) {
    const pool = createCryptoPool(document.documentElement.dataset.cryptoWorker ?? "");
    /** @type {Begun} */
    const begun = { transfer: null, record: noRecord };
    cancelling = new AbortController();
    gate = createGate(cancelling.signal);
    pauseButton.textContent = "Pause";
    const usual = isContinued ? "resumed" : "working";
    states = createConnectionStates(screen, startPanel(partCount, payloadBytes), { usual, back: backMessage });
    try {
      const { onPart, onWait } = states;
      const answer = await task({ pool, gate, onPart, onWait, signal: cancelling.signal }, begun);
      await begun.record.erase();
      return { .../** @type {BegunTransfer} */ (begun.transfer), answer };
    } catch (/** @type {any} */ error) {
      cancelling.abort(error);
      error.transferId = begun.transfer?.id;
      error.isKept = begun.transfer !== null && begun.record !== noRecord && mayGoOn(error, isContinued);
      if (begun.transfer && !error.isKept) await giveUp(begun.transfer, begun.record);
      throw error;
    } finally {
      pool.close();
    }
  }

  return {
    /**
     * @param {{plan: UploadPlan, options: SendOptions, signBatchMax: number}} upload
     * @returns {Promise<SentTransfer>}
     * @throws {Error} with `isKept` when it can be continued
     */
    send({ plan, options, signBatchMax }) {
      const { limits, passphrase, accessToken, keyApart } = options;
      return work({ ...plan, isContinued: false }, async (tools, begun) => {
        const transfer = await beginTransfer({ plan, limits, passphrase, accessToken, ...tools });
        begun.transfer = transfer;
        return withUploadLock(transfer.id, async () => {
          const wish = { keyApart, withPassphrase: passphrase !== "" };
          if (plan.kind === "files") begun.record = await keepUpload({ transfer, plan, wish });
          return sendTransfer({ ...tools, transfer, plan, signBatchMax, record: begun.record });
        });
      });
    },

    /**
     * Goes on with an upload that was kept; `plan` is null where only its completion has to be repeated.
     * @param {{unfinished: KeptUpload, plan: UploadPlan|null, accessToken?: string, signBatchMax: number}} upload
     */
    goOn({ unfinished, plan, accessToken, signBatchMax }) {
      const { partCount } = unfinished.plan;
      const transfer = { ...unfinished.transfer, accessToken };
      const payloadBytes = plan?.payloadBytes ?? 0;
      return work({ partCount, payloadBytes, isContinued: true }, (tools, begun) =>
        withUploadLock(transfer.id, async () => {
          Object.assign(begun, { transfer, record: openRecord(transfer.id) });
          if (plan === null) return repeatCompletion({ ...tools, transfer, sealedManifest: unfinished.sealedManifest ?? "" });
          const kept = await keptParts(transfer.id);
          return sendTransfer({ ...tools, transfer, plan, signBatchMax, record: begun.record, kept });
        }),
      );
    },
  };
}
