import assert from "node:assert/strict";
import { test } from "node:test";
import { SendError, damaged, unsupported, wrongKey } from "../../../static/js/errors.js";

test("an error carries what the pages switch on", () => {
  const cause = new Error("network");
  const error = new SendError("server_busy", "Busy.", { status: 503, retryAfterSeconds: 2, detail: { a: 1 }, cause });
  assert.ok(error instanceof Error);
  assert.equal(error.message, "Busy.");
  assert.deepEqual(
    [error.code, error.status, error.retryAfterSeconds, error.detail, error.cause],
    ["server_busy", 503, 2, { a: 1 }, cause],
  );
});

test("the format's errors have the format's codes", () => {
  assert.deepEqual([wrongKey("a").code, damaged("b").code, unsupported("c").code], ["wrong_key", "damaged", "unsupported"]);
});
