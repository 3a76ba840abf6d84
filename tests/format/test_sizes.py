"""Properties of part sizes, offsets and padding, and that both implementations compute the same."""

from fractions import Fraction
from math import ceil, floor, log2

from hypothesis import example, given
from hypothesis import strategies as st

from sgraph_send.client import sizes
from tests.format.js_format import JsFormat

# Payloads are somewhat longer than their streams, and JavaScript is exact up to 2^53 - 1 only.
SIZES = st.integers(0, 2**52) | st.integers(0, 63).map(lambda k: 2 ** min(k, 52)).flatmap(
    lambda power: st.integers(max(0, power - 2), power + 2)
)


@given(SIZES)
@example(0)
@example(2**37)
@example(2**37 + 1)
def test_parts_cover_the_stream_and_their_ciphertexts_the_payload(size: int) -> None:
    count = sizes.part_count(size)
    looked_at = sorted({0, 1, count // 2, count - 2, count - 1} & set(range(count)))
    for index in looked_at:
        end = sizes.sealed_part_offset(size, index) + sizes.sealed_part_length(
            sizes.part_length(size, index)
        )
        is_last = index == count - 1
        following = (
            sizes.payload_length(size) if is_last else sizes.sealed_part_offset(size, index + 1)
        )
        assert end == following
    full = (count - 1) * sizes.part_size_for(size)
    assert full + sizes.part_length(size, count - 1) == size


@given(SIZES)
def test_the_part_size_is_the_least_that_keeps_to_8192_parts(size: int) -> None:
    part_size = sizes.part_size_for(size)
    assert 1 <= sizes.part_count(size) <= 8192
    assert part_size == 2**24 or ceil(Fraction(size, part_size // 2)) > 8192


@given(st.integers(0, 4 * 262_144))
def test_a_part_has_as_many_segments_as_its_bytes_fill(length: int) -> None:
    segments, left = 1, length - (262_144 - 16 - 40)
    while left > 0:
        segments, left = segments + 1, left - (262_144 - 16)
    assert sizes.sealed_part_length(length) == length + 40 + 16 * segments


@given(SIZES)
@example(4_294_967_297)
def test_the_browser_computes_the_same_sizes_and_padding(js_format: JsFormat, size: int) -> None:
    assert js_format.call("sizes", size=size) == {
        "partSize": sizes.part_size_for(size),
        "parts": sizes.part_count(size),
        "payload": sizes.payload_length(size),
        "pad": sizes.padme_padding(size),
    }


@given(st.integers(0, 2**41))
def test_the_browser_computes_the_same_ciphertext_lengths(js_format: JsFormat, length: int) -> None:
    assert js_format.call("sealedPartLength", plainBytes=length) == sizes.sealed_part_length(length)


@given(st.integers(2, 2**53))
@example(2**32 + 1)
def test_padding_leaves_few_significant_bits_and_adds_little(total: int) -> None:
    padded = total + sizes.padme_padding(total)
    exponent = total.bit_length() - 1
    significant = exponent.bit_length()
    assert padded % 2 ** (exponent - significant) == 0
    assert sizes.padme_padding(total) < 2 ** (exponent - significant)
    assert Fraction(padded, total) <= Fraction(12, 100) + 1
    assert sizes.padme_padding(padded) == 0


@given(st.integers(2, 2**20))
def test_padding_is_what_the_paper_computes_with_logarithms(total: int) -> None:
    exponent = floor(log2(total))
    low_bits = exponent - (floor(log2(exponent)) + 1 if exponent else 0)
    mask = 2**low_bits - 1
    assert total + sizes.padme_padding(total) == (total + mask) & ~mask
