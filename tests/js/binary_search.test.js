import assert from "node:assert/strict";
import { test } from "node:test";
import { firstIndexWhere } from "../../static/js/binary_search.js";

test("the first index that holds, or the count where none does", () => {
  for (let count = 0; count < 6; count += 1) {
    for (let first = 0; first <= count; first += 1) assert.equal(firstIndexWhere(count, (index) => index >= first), first);
  }
});
