import assert from "node:assert/strict";
import { test } from "node:test";
import { SendError } from "../../static/js/errors.js";
import { backoffMs, isTransient, retrying } from "../../static/js/transport/retry.js";

const busy = (retryAfterSeconds) => new SendError("store_unavailable", "busy", { status: 503, retryAfterSeconds });
const online = { isOnline: () => true, untilOnline: async () => {} };

function failing(...errors) {
  return async () => {
    if (errors.length > 0) throw errors.shift();
    return "done";
  };
}

test("delays double, stay below the cap, and are never less than half", () => {
  const longest = [1, 2, 3, 20].map((attempt) => backoffMs(attempt, { random: () => 1 }));
  const shortest = [1, 2, 3, 20].map((attempt) => backoffMs(attempt, { random: () => 0 }));
  assert.deepEqual(longest, [500, 1000, 2000, 30000]);
  assert.deepEqual(shortest, [250, 500, 1000, 15000]);
});

test("Retry-After is a floor", () => {
  assert.equal(backoffMs(1, { random: () => 0, retryAfterSeconds: 7 }), 7000);
});

test("the network and a busy server are worth another try, a refusal is not", () => {
  assert.ok(isTransient(new SendError("network", "gone")));
  assert.ok(isTransient(busy()));
  assert.ok(!isTransient(new SendError("transfer_expired", "gone", { status: 410 })));
  assert.ok(!isTransient(new TypeError("a bug")));
});

test("a passing failure is waited out", async () => {
  const waits = [];
  const wait = async (ms) => waits.push(ms);
  assert.equal(await retrying(failing(busy(3), busy()), { wait, network: online }), "done");
  assert.equal(waits.length, 2);
  assert.ok(waits[0] >= 3000);
});

test("a refusal is not repeated", async () => {
  const refusal = new SendError("transfer_not_found", "gone", { status: 404 });
  await assert.rejects(retrying(failing(refusal, refusal), { wait: assert.fail, network: online }), refusal);
});

test("it gives up after the last attempt", async () => {
  const last = busy();
  const task = failing(busy(), busy(), last, busy());
  await assert.rejects(retrying(task, { attempts: 3, wait: async () => {}, network: online }), last);
});

test("time offline is waited out and costs no attempt", async () => {
  let isOnline = false;
  const network = { isOnline: () => isOnline, untilOnline: async () => (isOnline = true) };
  const gone = () => new SendError("network", "gone");
  const heard = [];
  const task = failing(gone(), gone());
  const options = { attempts: 2, wait: async () => {}, network, onWait: (wait) => heard.push(wait.offline) };
  assert.equal(await retrying(task, options), "done");
  assert.deepEqual(heard, [true, false]);
});

test("an aborted wait ends with the reason of the abort", async () => {
  const controller = new AbortController();
  const cancelled = new SendError("cancelled", "stop");
  const promise = retrying(failing(busy(60)), { signal: controller.signal, network: online });
  controller.abort(cancelled);
  await assert.rejects(promise, cancelled);
});

test("a busy server is waited for, however often it says so, as long as it asks", async () => {
  const waits = [];
  const wait = async (ms) => waits.push(ms);
  const full = () => new SendError("server_busy", "busy", { status: 503, retryAfterSeconds: 2 });
  assert.equal(await retrying(failing(...Array.from({ length: 20 }, full)), { attempts: 4, wait, network: online }), "done");
  assert.ok(waits.length === 20 && waits.every((ms) => ms >= 2000));
});
