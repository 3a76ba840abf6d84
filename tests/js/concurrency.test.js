import assert from "node:assert/strict";
import { test } from "node:test";
import { createSemaphore, createOrderedQueue, forEachInSlots } from "../../static/js/concurrency.js";

function counter() {
  const seen = { inside: 0, most: 0 };
  seen.task = async () => {
    seen.inside += 1;
    seen.most = Math.max(seen.most, seen.inside);
    await new Promise(setImmediate);
    seen.inside -= 1;
  };
  return seen;
}

test("no more than the given number of tasks hold a slot", async () => {
  const seen = counter();
  const inSlot = createSemaphore(() => 3);
  await Promise.all(Array.from({ length: 12 }, () => inSlot(seen.task)));
  assert.equal(seen.most, 3);
});

test("a limit that grows lets in more, one that shrinks fewer", async () => {
  let limit = 1;
  const seen = counter();
  const inSlot = createSemaphore(() => limit);
  const first = Promise.all(Array.from({ length: 8 }, () => inSlot(seen.task)));
  limit = 4;
  await first;
  assert.equal(seen.most, 4);
  limit = 2;
  seen.most = 0;
  await Promise.all(Array.from({ length: 8 }, () => inSlot(seen.task)));
  assert.equal(seen.most, 2);
});

test("a failed task gives its slot back", async () => {
  const inSlot = createSemaphore(() => 1);
  await assert.rejects(inSlot(async () => Promise.reject(new Error("no"))));
  assert.equal(await inSlot(async () => "next"), "next");
});

test("the first failure keeps further items from starting", async () => {
  const started = [];
  const task = async (item) => {
    started.push(item);
    if (item === 1) throw new Error("no");
    await new Promise(setImmediate);
  };
  await assert.rejects(forEachInSlots([0, 1, 2, 3, 4, 5], createSemaphore(() => 2), task));
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  assert.deepEqual(started, [0, 1]);
});

test("turns come in the order in which they were taken, whoever is ready first", async () => {
  const takeTurn = createOrderedQueue();
  const passed = [];
  const turns = [0, 1, 2].map(takeTurn);
  const pass = async (number) => {
    await turns[number].ready;
    passed.push(number);
    turns[number].end();
  };
  await Promise.all([pass(2), pass(1), pass(0)]);
  assert.deepEqual(passed, [0, 1, 2]);
});

test("a turn that is given up early keeps nobody waiting, and lets nobody pass before the others", async () => {
  const takeTurn = createOrderedQueue();
  const [first, second, third] = [takeTurn(), takeTurn(), takeTurn()];
  second.end();
  let came = false;
  const waiting = third.ready.then(() => (came = true));
  await new Promise(setImmediate);
  assert.equal(came, false);
  first.end();
  await waiting;
});
