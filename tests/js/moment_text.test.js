import assert from "node:assert/strict";
import { test } from "node:test";
import { exactSpanText } from "../../static/js/ui/moment_text.js";

test("a wait is told to the second, without empty units", () => {
  const texts = [1, 59, 60, 61, 3600, 3725, 90061].map(exactSpanText);
  assert.deepEqual(texts, [
    "1 second",
    "59 seconds",
    "1 minute",
    "1 minute 1 second",
    "1 hour",
    "1 hour 2 minutes 5 seconds",
    "1 day 1 hour 1 minute 1 second",
  ]);
});
