"""Parts in Python: fresh headers, streaming, and what only a hostile writer makes."""

import io
import os

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sgraph_send.client.format import (
    DamagedError,
    open_part,
    open_segments,
    seal_part,
    seal_segments,
)
from tests.format.js_format import JsFormat, JsFormatError

KEY = bytes(range(32))
SEGMENT = 262_144
FIRST = SEGMENT - 40 - 16


class Dribble(io.RawIOBase):
    """A source that gives a few bytes at a time, as pipes and sockets do."""

    def __init__(self, data: bytes) -> None:
        self._source = io.BytesIO(data)

    def read(self, size: int = -1) -> bytes:
        return self._source.read(min(size, 1000))


def test_each_attempt_at_a_part_draws_a_fresh_header() -> None:
    headers = {seal_part(KEY, 0, 1, b"same")[:40] for _ in range(20)}
    assert len(headers) == 20
    assert {header[0] for header in headers} == {0x28}


def test_a_part_is_sealed_and_opened_segment_by_segment_from_a_slow_source() -> None:
    plaintext = os.urandom(FIRST + 5000)
    pieces = list(seal_segments(KEY, 1, 3, Dribble(plaintext), len(plaintext)))
    assert [len(piece) for piece in pieces] == [40, SEGMENT - 40, 5016]
    sealed = b"".join(pieces)
    opened = list(open_segments(KEY, 1, 3, Dribble(sealed), len(sealed)))
    assert [len(piece) for piece in opened] == [FIRST, 5000]
    assert b"".join(opened) == plaintext


def test_a_source_that_ends_early_is_an_error_and_not_a_shorter_part() -> None:
    with pytest.raises(EOFError):
        list(seal_segments(KEY, 0, 1, io.BytesIO(b"1234"), 5))
    sealed = seal_part(KEY, 0, 1, b"12345")
    with pytest.raises(EOFError):
        list(open_segments(KEY, 0, 1, io.BytesIO(sealed[:-1]), len(sealed)))


def test_the_first_segments_are_out_before_a_later_one_is_found_damaged() -> None:
    sealed = bytearray(seal_part(KEY, 0, 1, bytes(3 * SEGMENT)))
    sealed[-1] ^= 1
    opened = open_segments(KEY, 0, 1, io.BytesIO(sealed), len(sealed))
    assert len(next(opened)) == FIRST
    with pytest.raises(DamagedError):
        list(opened)


@pytest.mark.parametrize("index", [-1, 3])
def test_a_part_outside_the_transfer_is_refused(index: int) -> None:
    with pytest.raises(IndexError):
        seal_part(KEY, index, 3, b"")


def test_both_implementations_refuse_an_empty_last_segment(js_format: JsFormat) -> None:
    header = b"\x28" + bytes(39)
    info = b"sgraph-send/v1/part" + (0).to_bytes(4, "big") + (1).to_bytes(4, "big")
    aead = AESGCM(HKDF(SHA256(), 32, header[1:33], info).derive(KEY))
    full = aead.encrypt(header[33:] + bytes(4) + b"\0", bytes(FIRST), None)
    empty = aead.encrypt(header[33:] + b"\0\0\0\1" + b"\1", b"", None)
    sealed = header + full + empty
    with pytest.raises(DamagedError):
        open_part(KEY, 0, 1, sealed)
    with pytest.raises(JsFormatError, match="damaged"):
        js_format.call("openPart", contentKey=KEY, index=0, count=1, sealed=sealed)
