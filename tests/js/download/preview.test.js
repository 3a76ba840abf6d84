import assert from "node:assert/strict";
import { test } from "node:test";
import { imageOf } from "../../../static/js/download/image_size.js";
import { mayPreview, previewOf } from "../../../static/js/download/preview.js";

const bytes = (...pieces) => Uint8Array.from(pieces.flatMap((piece) => (typeof piece === "string" ? [...piece].map((c) => c.charCodeAt(0)) : piece)));
const IMAGES = {
  "image/png": bytes("\x89PNG\r\n\x1a\n", [0, 0, 0, 13], "IHDR", [0, 0, 1, 0], [0, 0, 0, 5]),
  "image/gif": bytes("GIF89a", [0, 1], [5, 0]),
  "image/jpeg": bytes([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 1, 0xff, 0xc0, 0, 11, 8, 0, 5, 1, 0]),
  "image/webp": bytes("RIFF", [0, 0, 0, 0], "WEBPVP8X", [10, 0, 0, 0, 0, 0, 0, 0], [255, 0, 0], [4, 0, 0]),
  "image/avif": bytes([0, 0, 0, 20], "ftypavif", [0, 0, 0, 20], "ispe", [0, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 5]),
};

test("each format tells its size in its first bytes", () => {
  for (const [type, image] of Object.entries(IMAGES)) assert.deepEqual(imageOf(image), { type, width: 256, height: 5 });
});

test("an image cut before its size is not decoded", () => {
  for (const image of Object.values(IMAGES)) {
    const cut = image.subarray(0, image.length - 4);
    assert.notEqual(previewOf(cut).kind, "image");
  }
});

test("pixels are limited, not bytes alone", () => {
  const bomb = IMAGES["image/png"].slice();
  bomb.set([0, 1, 0, 0, 0, 1, 0, 0], 16);
  assert.deepEqual(previewOf(bomb), { kind: "none", reason: "too_large" });
});

test("documents, binaries and other encodings are not shown", () => {
  for (const text of ["<!DOCTYPE html>", " <svg>", "<?xml?>", "<script>", "%PDF-1.4", "a\0b", "\xff\xfe"]) {
    assert.deepEqual(previewOf(bytes(text)), { kind: "none", reason: "not_shown" }, text);
  }
  assert.deepEqual(previewOf(bytes("a < b")), { kind: "text", text: "a < b" });
});

test("a look is offered for small texts and images", () => {
  assert.ok(mayPreview({ path: "a/b.TXT", size: 9 }) && mayPreview({ path: "c.jpeg", size: 2 ** 24 }));
  assert.ok(![["a.txt", 0], ["a.txt", 2 ** 21], ["a.png", 2 ** 25], ["a.html", 9], ["a.svg", 9], ["a", 9]].some(([path, size]) => mayPreview({ path, size })));
});
