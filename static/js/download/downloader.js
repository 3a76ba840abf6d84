import { getRange } from "../transport/object_store.js";
import { retrying, isTransient } from "../transport/retry.js";
import { sealedRangeOf, wantedBytes } from "./plan.js";

const PARTS_AHEAD = 3;
const TRIES_AT_DAMAGED_BYTES = 2;

function mayHelpToRetry(error) {
  return isTransient(error) || error.code === "url_refused";
}

function createPartOpener({ plan, lease, pool, contentKey, onPart, onWait, signal }) {
  async function fetchSealed(index) {
    const { start, end, lengthBytes } = sealedRangeOf(plan, index);
    const onReceived = (receivedBytes) => onPart({ index, phase: "moving", sentBytes: receivedBytes, ofBytes: lengthBytes });
    const url = lease.url();
    try {
      return await getRange({ url, start, end, totalBytes: plan.payloadBytes, onReceived, signal });
    } catch (error) {
      if (error.code === "url_refused") await lease.refresh(url);
      throw error;
    }
  }

  return async function openOnePart(index) {
    for (let attempt = 1; ; attempt += 1) {
      const sealed = await retrying(() => fetchSealed(index), { signal, onWait, retryIf: mayHelpToRetry });
      try {
        return await pool.openPart({ contentKey, index, count: plan.partCount, sealed });
      } catch (error) {
        if (error.code !== "damaged" || attempt === TRIES_AT_DAMAGED_BYTES) throw error;
      }
    }
  };
}

/**
 * Fetches the planned parts, a few ahead, opens them in workers and appends what was verified to the
 * sink, in order. The caller finishes or discards the sink.
 * @param {{plan: object, lease: object, pool: object, contentKey: Uint8Array, sink: object,
 *          onPart: (part: object) => void, onWait: (wait: object) => void, signal: AbortSignal}} download
 */
export async function fetchInto({ plan, sink, onPart, signal, ...sources }) {
  const openOnePart = createPartOpener({ plan, onPart, signal, ...sources });
  const ahead = [];
  const start = (index) => {
    onPart({ index, phase: "sealing" });
    const opening = openOnePart(index);
    opening.catch(() => {});
    ahead.push({ index, opening });
  };
  const remaining = [...plan.indexes];
  while (remaining.length > 0 || ahead.length > 0) {
    while (remaining.length > 0 && ahead.length < PARTS_AHEAD) start(remaining.shift());
    const { index, opening } = ahead.shift();
    const wanted = wantedBytes(plan, index, await opening);
    signal.throwIfAborted();
    if (wanted.length > 0) await sink.append(wanted);
    onPart({ index, phase: "safe", sealedBytes: sealedRangeOf(plan, index).lengthBytes });
  }
}
