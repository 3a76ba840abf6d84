import assert from "node:assert/strict";
import { test } from "node:test";
import { createPartUrls } from "../../../static/js/upload/part_urls.js";

test("part addresses are signed in batches and once", async () => {
  const asked = [];
  const sign = async (indexes) => {
    asked.push(indexes);
    return indexes.map((index) => ({ index, url: `u${index}` }));
  };
  const urls = createPartUrls({ partCount: 5, batchSize: 3, sign });
  assert.deepEqual(await Promise.all([0, 1, 2, 3].map((index) => urls.urlOf(index))), ["u0", "u1", "u2", "u3"]);
  assert.deepEqual(asked, [[0, 1, 2], [3, 4]]);
});

test("a refused address and an old one are signed again, what is stored is not", async () => {
  let now = 0;
  const asked = [];
  const sign = async (indexes) => {
    asked.push(indexes);
    return indexes.map((index) => ({ index, url: `u${index}` }));
  };
  const urls = createPartUrls({ partCount: 3, batchSize: 3, sign, now: () => now });
  await urls.urlOf(0);
  urls.forget(0);
  await urls.urlOf(0);
  now = 3_600_000;
  await urls.urlOf(2, (index) => index === 2);
  assert.deepEqual(asked, [[0, 1, 2], [0], [2]]);
});
