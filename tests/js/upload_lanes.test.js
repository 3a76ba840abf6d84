import assert from "node:assert/strict";
import { test } from "node:test";
import { createPlaces, runLanes } from "../../static/js/upload/lanes.js";
import { createPartUrls } from "../../static/js/upload/part_urls.js";

test("no more than the given number of tasks have a place", async () => {
  const inPlace = createPlaces(3);
  let inside = 0;
  let most = 0;
  const task = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise(setImmediate);
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 12 }, () => inPlace(task)));
  assert.equal(most, 3);
});

test("a failed task gives its place back", async () => {
  const inPlace = createPlaces(1);
  await assert.rejects(inPlace(async () => Promise.reject(new Error("no"))));
  assert.equal(await inPlace(async () => "next"), "next");
});

test("the first failure keeps further items from starting", async () => {
  const started = [];
  const task = async (item) => {
    started.push(item);
    if (item === 1) throw new Error("no");
    await new Promise(setImmediate);
  };
  await assert.rejects(runLanes([0, 1, 2, 3, 4, 5], 2, task));
  await new Promise(setImmediate);
  assert.deepEqual(started, [0, 1]);
});

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
