import assert from "node:assert/strict";
import { test } from "node:test";
import { createRateController } from "../../static/js/transport/rate_controller.js";
import { mostInFlight } from "../../static/js/upload/uploader.js";

const MIB = 2 ** 20;

/** A connection that moves `rateOf(limit)` bytes a second; every second its parts in flight are acknowledged. */
function runSeconds(rate, clock, seconds, rateOf) {
  for (let second = 0; second < seconds; second += 1) {
    const inFlight = rate.limit();
    rate.moved(rateOf(inFlight));
    clock.now += 1000;
    for (let part = 0; part < inFlight; part += 1) rate.partDone();
  }
}

function started(options = {}) {
  const clock = { now: 0 };
  return { clock, rate: createRateController({ most: 8, start: 2, shortestSpanMs: 1000, now: () => clock.now, ...options }) };
}

test("where each further part in flight moves more, the most that memory allows are in flight", () => {
  const { rate, clock } = started();
  runSeconds(rate, clock, 20, (limit) => limit * MIB);
  assert.equal(rate.limit(), 8);
});

test("where further parts gain nothing, it stays near where it began", () => {
  const { rate, clock } = started();
  const seen = new Set();
  for (let span = 0; span < 60; span += 1) {
    runSeconds(rate, clock, 1, () => 10 * MIB);
    seen.add(rate.limit());
  }
  assert.deepEqual([...seen].sort(), [2, 3]);
});

test("it climbs again when the connection becomes a better one", () => {
  const { rate, clock } = started();
  runSeconds(rate, clock, 20, () => MIB);
  runSeconds(rate, clock, 120, (limit) => Math.min(limit, 5) * 10 * MIB);
  assert.ok(rate.limit() >= 5);
});

test("failures halve it, and parts that fail together count once", () => {
  const { rate, clock } = started({ start: 8 });
  clock.now = 5000;
  for (let part = 0; part < 8; part += 1) rate.failed();
  assert.equal(rate.limit(), 4);
  clock.now += 5000;
  for (let attempt = 0; attempt < 5; attempt += 1, clock.now += 5000) rate.failed();
  assert.equal(rate.limit(), 1);
});

test("time spent paused is not taken for a slow connection", () => {
  const { rate, clock } = started();
  runSeconds(rate, clock, 2, (limit) => limit * MIB);
  const before = rate.limit();
  clock.now += 3_600_000;
  rate.restart();
  runSeconds(rate, clock, 3, (limit) => limit * MIB);
  assert.ok(rate.limit() > before);
});

test("large parts leave room for fewer", () => {
  const counts = [16, 32, 64, 512].map((mib) => mostInFlight(mib * MIB + 1096));
  assert.deepEqual(counts, [5, 2, 1, 1]);
  assert.equal(mostInFlight(56), 8);
});

test("fast downloads are judged part by part, without a shortest span, and never fall below two", () => {
  const { rate, clock } = started({ least: 2, start: 3, most: 6, shortestSpanMs: 0 });
  for (let span = 0; span < 8; span += 1) {
    const inFlight = rate.limit();
    clock.now += 100;
    for (let part = 0; part < inFlight; part += 1) {
      rate.moved(MIB);
      rate.partDone();
    }
  }
  assert.equal(rate.limit(), 6);
  for (let failure = 0; failure < 4; failure += 1, clock.now += 5000) rate.failed();
  assert.equal(rate.limit(), 2);
});
