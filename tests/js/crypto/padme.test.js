import assert from "node:assert/strict";
import { test } from "node:test";
import { padmePadding } from "../../../static/js/crypto/padme.js";

test("padding agrees with the same sum in big integers, from one bit to 53", () => {
  for (let bits = 1; bits <= 53; bits++) {
    for (const total of [2 ** (bits - 1), 2 ** (bits - 1) + 1, 2 ** bits - 1].filter((n) => n >= 2)) {
      const exponent = BigInt(total.toString(2).length - 1);
      const granule = 1n << (exponent - BigInt(exponent.toString(2).length));
      assert.equal(BigInt(padmePadding(total)), (granule - (BigInt(total) % granule)) % granule, `${total}`);
    }
  }
});

test("nothing is added to nothing or to one byte", () => {
  assert.equal(padmePadding(0), 0);
  assert.equal(padmePadding(1), 0);
});
