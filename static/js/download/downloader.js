import { sealOf } from "../crypto/part_tags.js";
import { getRange } from "../transport/object_store.js";
import { retrying, isTransient } from "../transport/retry.js";
import { outputOffset, sealedRangeOf, wantedBytes } from "./plan.js";

const TRIES_AT_DAMAGED_BYTES = 2;
const HELD_BYTES_MAX = 64 * 2 ** 20;
const HELD_PARTS_MIN = 2;

function mayHelpToRetry(error) {
  return isTransient(error) || error.code === "url_refused";
}

/** Parts that may be fetched, opened or waiting for their turn at a time, so that memory stays flat. */
export function heldPartsMax(plan) {
  return Math.max(HELD_PARTS_MIN, Math.floor(HELD_BYTES_MAX / plan.partSizeBytes));
}

function createPartOpener({ plan, lease, pool, contentKey, spareBuffers, pace, onPart, onWait, signal }) {
  async function fetchSealed(index) {
    const { start, end, lengthBytes } = sealedRangeOf(plan, index);
    const onReceived = (receivedBytes) => onPart({ index, phase: "moving", sentBytes: receivedBytes, ofBytes: lengthBytes });
    const url = lease.url();
    try {
      return await getRange({ url, start, end, totalBytes: plan.payloadBytes, buffer: spareBuffers.pop(), onReceived, signal });
    } catch (error) {
      if (isTransient(error)) pace.stumble();
      if (error.code === "url_refused") await lease.refresh(url);
      throw error;
    }
  }

  return async function openOnePart(index, onFetched) {
    onPart({ index, phase: "sealing" });
    for (let attempt = 1; ; attempt += 1) {
      const sealed = await retrying(() => fetchSealed(index), { signal, onWait, retryIf: mayHelpToRetry });
      if (attempt === 1) onFetched(sealed.length);
      const seal = await sealOf(sealed);
      try {
        return { seal, plaintext: await pool.openPart({ contentKey, index, count: plan.partCount, sealed }) };
      } catch (error) {
        if (error.code !== "damaged" || attempt === TRIES_AT_DAMAGED_BYTES) throw error;
      }
    }
  };
}

/** Aborts with `signal`, and by itself. */
function childOf(signal) {
  const child = new AbortController();
  const stop = () => child.abort(signal.reason);
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  return { signal: child.signal, abort: (reason) => child.abort(reason), free: () => signal.removeEventListener("abort", stop) };
}

/**
 * Fetches the planned parts that are not `done`, several at once, opens them in workers and writes what was
 * verified to the sink: at its offset, or in order where the sink wants that. Returns or throws only when
 * nothing is under way any more; `done` then names the parts that the sink holds, so that another call goes
 * on from there. The caller finishes or discards the sink.
 * @param {{plan: object, done: Set<number>, sink: object, pace: object, lease: object, pool: object,
 *          contentKey: Uint8Array, onPart: (part: object) => void, onWait: (wait: object) => void,
 *          onWritten?: (index: number, seal: object) => void, signal: AbortSignal}} download `onWritten` is
 *   told of each part that the sink took, with its seal as in crypto/part_tags.js
 */
export async function fetchInto({ plan, done, sink, pace, onPart, onWritten, signal, ...sources }) {
  const own = childOf(signal);
  const spareBuffers = [];
  const openOnePart = createPartOpener({ plan, spareBuffers, pace, onPart, signal: own.signal, ...sources });
  const waiting = plan.indexes.filter((index) => !done.has(index));
  const mostHeld = heldPartsMax(plan);
  let fetching = 0;
  let held = 0;
  let failure = null;
  let lastWrite = Promise.resolve();
  let wake = () => {};

  async function write(index, opening, turn) {
    const { plaintext, seal } = await opening;
    if (sink.inOrder) await turn;
    own.signal.throwIfAborted();
    const wanted = wantedBytes(plan, index, plaintext);
    const spare = wanted.length > 0 ? await sink.write(wanted, outputOffset(plan, index)) : plaintext.buffer;
    if (spare) spareBuffers.push(spare);
    done.add(index);
    onWritten?.(index, seal);
    onPart({ index, phase: "safe", sealedBytes: sealedRangeOf(plan, index).lengthBytes });
  }

  function start(index) {
    fetching += 1;
    held += 1;
    let isFetching = true;
    const endFetch = () => {
      if (isFetching) fetching -= 1;
      isFetching = false;
      wake();
    };
    const onFetched = (bytes) => {
      pace.record(bytes);
      endFetch();
    };
    lastWrite = write(index, openOnePart(index, onFetched), lastWrite);
    lastWrite
      .catch((error) => {
        failure ??= error;
        own.abort(failure);
        onPart({ index, phase: "empty" });
      })
      .finally(() => {
        held -= 1;
        endFetch();
      });
  }

  while (held > 0 || (waiting.length > 0 && !own.signal.aborted)) {
    while (waiting.length > 0 && !own.signal.aborted && held < mostHeld && fetching < pace.limit()) start(waiting.shift());
    if (held > 0) await new Promise((resolve) => (wake = resolve));
  }
  own.free();
  signal.throwIfAborted();
  if (failure) throw failure;
}
