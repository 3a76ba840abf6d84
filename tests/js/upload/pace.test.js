import assert from "node:assert/strict";
import { test } from "node:test";
import { createPace, mostInFlight } from "../../../static/js/upload/pace.js";

const MIB = 2 ** 20;

/** A connection that moves `rateOf(limit)` bytes a second; every second its parts in flight are acknowledged. */
function runSeconds(pace, clock, seconds, rateOf) {
  for (let second = 0; second < seconds; second += 1) {
    const inFlight = pace.limit();
    pace.moved(rateOf(inFlight));
    clock.now += 1000;
    for (let part = 0; part < inFlight; part += 1) pace.stored();
  }
}

function startedPace(options = {}) {
  const clock = { now: 0 };
  return { clock, pace: createPace({ most: 8, now: () => clock.now, ...options }) };
}

test("where each further part in flight moves more, the most that memory allows are in flight", () => {
  const { pace, clock } = startedPace();
  runSeconds(pace, clock, 20, (limit) => limit * MIB);
  assert.equal(pace.limit(), 8);
});

test("where further parts gain nothing, it stays near where it began", () => {
  const { pace, clock } = startedPace();
  const seen = new Set();
  for (let span = 0; span < 60; span += 1) {
    runSeconds(pace, clock, 1, () => 10 * MIB);
    seen.add(pace.limit());
  }
  assert.deepEqual([...seen].sort(), [2, 3]);
});

test("it climbs again when the connection becomes a better one", () => {
  const { pace, clock } = startedPace();
  runSeconds(pace, clock, 20, () => MIB);
  runSeconds(pace, clock, 120, (limit) => Math.min(limit, 5) * 10 * MIB);
  assert.ok(pace.limit() >= 5);
});

test("failures halve it, and parts that fail together count once", () => {
  const { pace, clock } = startedPace({ start: 8 });
  clock.now = 5000;
  for (let part = 0; part < 8; part += 1) pace.failed();
  assert.equal(pace.limit(), 4);
  clock.now += 5000;
  for (let attempt = 0; attempt < 5; attempt += 1, clock.now += 5000) pace.failed();
  assert.equal(pace.limit(), 1);
});

test("time spent paused is not taken for a slow connection", () => {
  const { pace, clock } = startedPace();
  runSeconds(pace, clock, 2, (limit) => limit * MIB);
  const before = pace.limit();
  clock.now += 3_600_000;
  pace.restart();
  runSeconds(pace, clock, 3, (limit) => limit * MIB);
  assert.ok(pace.limit() > before);
});

test("large parts leave room for fewer", () => {
  const counts = [16, 32, 64, 512].map((mib) => mostInFlight(mib * MIB + 1096));
  assert.deepEqual(counts, [5, 2, 1, 1]);
  assert.equal(mostInFlight(56), 8);
});
