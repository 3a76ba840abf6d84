import assert from "node:assert/strict";
import { test } from "node:test";
import { createGate } from "../../../static/js/upload/gate.js";

function untilAborted(signal) {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}

test("what was under way is stopped by a pause and begun again after it", async () => {
  const gate = createGate(new AbortController().signal);
  let begun = 0;
  const running = gate.run((signal) => {
    begun += 1;
    return begun === 1 ? untilAborted(signal) : Promise.resolve("sent");
  });
  await Promise.resolve();
  gate.pause();
  await new Promise(setImmediate);
  assert.deepEqual([begun, gate.isPaused()], [1, true]);
  gate.resume();
  assert.equal(await running, "sent");
  assert.equal(begun, 2);
});

test("nothing begins while it is paused", async () => {
  const gate = createGate(new AbortController().signal);
  gate.pause();
  let begun = false;
  const running = gate.run(async () => (begun = true));
  await new Promise(setImmediate);
  assert.equal(begun, false);
  gate.resume();
  await running;
});

test("cancelling ends what runs, and what waits for the end of a pause", async () => {
  const cancelling = new AbortController();
  const gate = createGate(cancelling.signal);
  const running = gate.run(untilAborted);
  await Promise.resolve();
  gate.pause();
  cancelling.abort(new Error("cancelled"));
  await assert.rejects(running, { message: "cancelled" });
  await assert.rejects(gate.run(async () => "never"), { message: "cancelled" });
});

test("other failures come through", async () => {
  const gate = createGate(new AbortController().signal);
  await assert.rejects(gate.run(() => Promise.reject(new Error("no"))), { message: "no" });
});
