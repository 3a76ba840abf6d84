import assert from "node:assert/strict";
import { test } from "node:test";
import { cellOf } from "../../static/js/ui/strip_of_parts.js";
import { createRate, percentOf, timeLeftText } from "../../static/js/ui/transfer_rate.js";

test("a hundred percent is only what is complete", () => {
  assert.equal(percentOf(0, 10), 0);
  assert.equal(percentOf(9999, 10_000), 99);
  assert.equal(percentOf(10_000, 10_000), 100);
  assert.equal(percentOf(0, 0), 100);
});

test("the speed is that of the last seconds, and unknown at first", () => {
  let now = 0;
  const rate = createRate(() => now);
  assert.equal(rate.bytesPerSecond(), null);
  for (now = 1000; now <= 20_000; now += 1000) rate.record(now);
  now = 21_000;
  rate.record(30_000);
  const speed = rate.bytesPerSecond();
  assert.ok(speed > 1000 && speed < 3000, String(speed));
});

test("after a wait the speed is measured anew", () => {
  let now = 0;
  const rate = createRate(() => now);
  now = 2000;
  rate.record(5000);
  rate.restart(5000);
  assert.equal(rate.bytesPerSecond(), null);
});

test("the time left is rounded up", () => {
  assert.equal(timeLeftText(0.4), "a moment left");
  assert.equal(timeLeftText(8.2), "9 s left");
  assert.equal(timeLeftText(200), "4 min left");
  assert.equal(timeLeftText(7300), "2 h 2 min left");
});

test("parts share cells evenly and in order", () => {
  const cells = Array.from({ length: 100 }, (_, index) => cellOf(index, 100, 48));
  assert.equal(cells[0], 0);
  assert.equal(cells.at(-1), 47);
  assert.ok(cells.every((cell, at) => at === 0 || cell - cells[at - 1] <= 1));
});
