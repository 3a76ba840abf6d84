import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { concatBytes } from "../../../static/js/crypto/bytes.js";
import * as stream from "../../../static/js/crypto/stream.js";

const contentKey = new Uint8Array(32).fill(3);
const place = { contentKey, index: 1, count: 3 };
const lengthAfter = (segments) => segments * (stream.SEGMENT_BYTES - 16) - 40;
const readFrom = (plaintext) => {
  let at = 0;
  return { plainBytes: plaintext.length, read: async (lengthBytes) => plaintext.subarray(at, (at += lengthBytes)) };
};
const patterned = (length) => Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) % 256);

for (const length of [0, 1, lengthAfter(1) - 1, lengthAfter(1), lengthAfter(1) + 1, lengthAfter(20), lengthAfter(20) + 1]) {
  test(`a part of ${length} bytes round-trips in the length that was foretold`, async () => {
    const plaintext = patterned(length);
    const sealed = await stream.sealPart({ ...place, plaintext });
    assert.equal(sealed.length, stream.sealedPartLength(length));
    assert.deepEqual(await stream.openPart({ ...place, sealed }), plaintext);
  });
}

test("views into larger buffers are read and written in their own bounds", async () => {
  const around = patterned(1000);
  const plaintext = around.subarray(100, 300);
  const sealed = await stream.sealPart({ ...place, plaintext });
  const apart = new Uint8Array(sealed.length + 20);
  apart.set(sealed, 10);
  const opened = await stream.openPart({ ...place, sealed: apart.subarray(10, 10 + sealed.length) });
  assert.deepEqual(opened, plaintext);
});

test("a part is sealed in pieces, its header and its segments in order, and opened where it lies", async () => {
  const plaintext = patterned(lengthAfter(6) + 1);
  const pieces = await stream.sealPartFrom({ ...place, ...readFrom(plaintext) });
  const lengths = pieces.map(({ length }) => length);
  assert.deepEqual(lengths, [40, stream.SEGMENT_BYTES - 40, ...Array(5).fill(stream.SEGMENT_BYTES), 17]);
  const sealed = concatBytes(...pieces);
  const opened = await stream.openPart({ ...place, sealed });
  assert.equal(opened.buffer, sealed.buffer);
  assert.deepEqual(opened, plaintext);
});

test("pieces of plaintext need to last until the next is read only", async () => {
  const plaintext = patterned(lengthAfter(9));
  const { plainBytes, read } = readFrom(plaintext);
  const oneBuffer = new Uint8Array(stream.SEGMENT_BYTES);
  const readAgainInto = async (lengthBytes) => {
    oneBuffer.set(await read(lengthBytes));
    return oneBuffer.subarray(0, lengthBytes);
  };
  const pieces = await stream.sealPartFrom({ ...place, plainBytes, read: readAgainInto });
  assert.deepEqual(await stream.openPart({ ...place, sealed: concatBytes(...pieces) }), plaintext);
});

test("a failure to read ends sealing", async () => {
  const read = async () => {
    throw new RangeError("gone");
  };
  await assert.rejects(stream.sealPartFrom({ ...place, plainBytes: 5, read }), RangeError);
});

test("each attempt at a part draws a fresh header", async () => {
  const plaintext = patterned(100);
  const headers = await Promise.all(
    Array.from({ length: 20 }, async () => (await stream.sealPart({ ...place, plaintext })).subarray(0, 40)),
  );
  assert.equal(new Set(headers.map(String)).size, 20);
  for (const header of headers) assert.equal(header[0], 0x28);
});

test("no two segments of a part share a nonce", async () => {
  const encrypt = mock.method(crypto.subtle, "encrypt");
  await stream.sealPart({ ...place, plaintext: patterned(lengthAfter(12)) });
  const nonces = encrypt.mock.calls.map((call) => Buffer.from(call.arguments[0].iv).toString("hex"));
  encrypt.mock.restore();
  assert.equal(nonces.length, 12);
  assert.equal(new Set(nonces).size, 12);
  assert.equal(nonces.filter((nonce) => nonce.endsWith("01")).length, 1, "one last segment");
});

test("a header of another kind is refused", async () => {
  const plaintext = patterned(1);
  await assert.rejects(stream.sealPart({ ...place, plaintext, header: new Uint8Array(40) }), RangeError);
  await assert.rejects(stream.sealPart({ ...place, plaintext, header: Uint8Array.of(0x28) }), RangeError);
});

test("a part outside the transfer is refused", async () => {
  for (const index of [-1, 3, 0.5, NaN]) {
    await assert.rejects(stream.sealPart({ ...place, index, plaintext: patterned(1) }), RangeError);
    assert.throws(() => stream.sealedPartOffset(5, index), RangeError);
    assert.throws(() => stream.partLength(5, index), RangeError);
  }
});

test("sizes that are no sizes are refused", () => {
  for (const size of [-1, 1.5, NaN, 2 ** 53, "5"]) assert.throws(() => stream.partSizeFor(size), RangeError);
});

test("every single flipped bit of a short part is damaged", async () => {
  const sealed = await stream.sealPart({ ...place, plaintext: patterned(3) });
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const flipped = sealed.with(bit >> 3, sealed[bit >> 3] ^ (1 << (bit & 7)));
    await assert.rejects(stream.openPart({ ...place, sealed: flipped }), { code: "damaged" });
  }
});

test("every shorter beginning of a part is damaged", async () => {
  const sealed = await stream.sealPart({ ...place, plaintext: patterned(20) });
  for (let length = 0; length < sealed.length; length++) {
    await assert.rejects(stream.openPart({ ...place, sealed: sealed.subarray(0, length) }), { code: "damaged" });
  }
});

test("a failure that is not about the bytes is not called damage", async () => {
  const sealed = await stream.sealPart({ ...place, plaintext: patterned(3) });
  const decrypt = mock.method(crypto.subtle, "decrypt", async () => {
    throw new TypeError("no memory");
  });
  await assert.rejects(stream.openPart({ ...place, sealed }), TypeError);
  decrypt.mock.restore();
});
