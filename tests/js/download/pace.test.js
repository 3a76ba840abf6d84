import assert from "node:assert/strict";
import { test } from "node:test";
import { createPace } from "../../../static/js/download/pace.js";

/** Runs `rounds` rounds on a connection that moves `bytesPerMs(limit)`; the limit after each. */
function run(rounds, bytesPerMs) {
  let clock = 0;
  const pace = createPace({ now: () => clock });
  return Array.from({ length: rounds }, () => {
    const limit = pace.limit();
    clock += (limit * 1000) / bytesPerMs(limit);
    for (let part = 0; part < limit; part += 1) pace.record(1000);
    return pace.limit();
  });
}

test("a connection that gains from each is given six", () => {
  assert.deepEqual(run(5, (limit) => limit), [4, 5, 6, 6, 6]);
});

test("a step that gained nothing is taken back", () => {
  assert.deepEqual(run(4, () => 10), [4, 3, 3, 3]);
});

test("after a while it is tried again", () => {
  assert.ok(run(20, () => 10).slice(4).includes(4));
});

test("a stumble means fewer, down to two", () => {
  const pace = createPace();
  for (const expected of [2, 2]) {
    pace.stumble();
    assert.equal(pace.limit(), expected);
  }
});
