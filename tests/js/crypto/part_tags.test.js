import assert from "node:assert/strict";
import { test } from "node:test";
import { concatBytes, randomBytes, sha256 } from "../../../static/js/crypto/bytes.js";
import { tagsDigestOf, tagsDigestOfPieces } from "../../../static/js/crypto/part_tags.js";
import { sealPart, sealPartFrom } from "../../../static/js/crypto/stream.js";

const SEGMENT_BYTES = 262144;
const contentKey = new Uint8Array(32).fill(7);
const place = { contentKey, index: 1, count: 3 };

for (const length of [0, 1, SEGMENT_BYTES - 56, SEGMENT_BYTES - 55, 3 * SEGMENT_BYTES]) {
  test(`the tags of a part of ${length} bytes are the last 16 bytes of its segments`, async () => {
    const sealed = await sealPart({ ...place, plaintext: new Uint8Array(length) });
    const tags = [];
    for (let start = 0; start < sealed.length; start += SEGMENT_BYTES) tags.push(sealed.slice(start, start + SEGMENT_BYTES).slice(-16));
    assert.deepEqual(await tagsDigestOf(sealed), await sha256(concatBytes(...tags)));
  });
}

test("a part in pieces has the digest of the whole", async () => {
  const plaintext = new Uint8Array(3 * SEGMENT_BYTES);
  let at = 0;
  const read = async (lengthBytes) => plaintext.subarray(at, (at += lengthBytes));
  const pieces = await sealPartFrom({ ...place, plainBytes: plaintext.length, read });
  assert.deepEqual(await tagsDigestOfPieces(pieces), await tagsDigestOf(concatBytes(...pieces)));
});

test("the same bytes under the same header give the same digest, one bit more does not", async () => {
  const plaintext = randomBytes(60_000);
  const sealed = await sealPart({ ...place, plaintext });
  const again = (bytes) => sealPart({ ...place, plaintext: bytes, header: sealed.slice(0, 40) }).then(tagsDigestOf);
  assert.deepEqual(await again(plaintext), await tagsDigestOf(sealed));
  plaintext[59_999] ^= 1;
  assert.notDeepEqual(await again(plaintext), await tagsDigestOf(sealed));
});
