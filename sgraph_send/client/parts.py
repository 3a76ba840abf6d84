"""Parts as Tink AES-GCM-HKDF streaming messages: docs/format.md section 4."""

import io
import os
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sgraph_send.client.errors import DamagedError
from sgraph_send.client.sizes import (
    HEADER_BYTES,
    SEGMENT_BYTES,
    SEGMENT_PLAIN_BYTES,
    TAG_BYTES,
    require_index,
    sealed_part_length,
    segment_count,
)

_HEADER_FIRST_BYTE = b"\x28"
_SALT_END = 33
_KEY_BYTES = 32


def seal_part(
    content_key: bytes, index: int, count: int, plaintext: bytes, *, header: bytes | None = None
) -> bytes:
    """Encrypts the whole part `index` (from 0) of `count`.

    `header` (40 bytes) is for test vectors only: without it every call makes a random one, so that
    two attempts at a part never use the same nonce.
    """
    source = io.BytesIO(plaintext)
    return b"".join(seal_segments(content_key, index, count, source, len(plaintext), header=header))


def seal_segments(
    content_key: bytes,
    index: int,
    count: int,
    source: BinaryIO,
    plain_bytes: int,
    *,
    header: bytes | None = None,
) -> Iterator[bytes]:
    """Yields the header and then each sealed segment of a part, reading `plain_bytes` bytes.

    Raises EOFError when `source` ends early.
    """
    header = _HEADER_FIRST_BYTE + os.urandom(HEADER_BYTES - 1) if header is None else header
    if len(header) != HEADER_BYTES or header[:1] != _HEADER_FIRST_BYTE:
        raise ValueError("not a part header")
    aead = _segment_aead(content_key, index, count, header)
    yield header
    total = segment_count(plain_bytes)
    left = plain_bytes
    for number in range(total):
        room = SEGMENT_PLAIN_BYTES - (HEADER_BYTES if number == 0 else 0)
        segment = _read_exactly(source, min(room, left))
        left -= len(segment)
        yield aead.encrypt(_nonce(header, number, number == total - 1), segment, None)


def open_part(content_key: bytes, index: int, count: int, sealed: bytes) -> bytes:
    """Decrypts the whole ciphertext of part `index` of `count`.

    Raises DamagedError when anything was changed: bytes, the length, the index, the number of
    parts.
    """
    source = io.BytesIO(sealed)
    return b"".join(open_segments(content_key, index, count, source, len(sealed)))


def open_segments(
    content_key: bytes, index: int, count: int, source: BinaryIO, sealed_bytes: int
) -> Iterator[bytes]:
    """Yields the plaintext of each segment once it is verified, reading `sealed_bytes` bytes.

    Raises DamagedError as `open_part` does. The part is complete only once the last segment was
    yielded. Raises EOFError when `source` ends early.
    """
    total = -(-sealed_bytes // SEGMENT_BYTES)
    plain_bytes = sealed_bytes - HEADER_BYTES - TAG_BYTES * total
    if plain_bytes < 0 or sealed_part_length(plain_bytes) != sealed_bytes:
        raise DamagedError(f"Part {index + 1} of {count} is damaged.")
    header = _read_exactly(source, HEADER_BYTES)
    if header[:1] != _HEADER_FIRST_BYTE:
        raise DamagedError(f"Part {index + 1} of {count} is damaged.")
    aead = _segment_aead(content_key, index, count, header)
    left = sealed_bytes - HEADER_BYTES
    for number in range(total):
        room = SEGMENT_BYTES - (HEADER_BYTES if number == 0 else 0)
        segment = _read_exactly(source, min(room, left))
        left -= len(segment)
        try:
            opened = aead.decrypt(_nonce(header, number, number == total - 1), segment, None)
        except InvalidTag:
            raise DamagedError(f"Part {index + 1} of {count} is damaged.") from None
        yield opened


def _segment_aead(content_key: bytes, index: int, count: int, header: bytes) -> AESGCM:
    require_index(index, count)
    info = b"sgraph-send/v1/part" + index.to_bytes(4) + count.to_bytes(4)
    return AESGCM(HKDF(SHA256(), _KEY_BYTES, header[1:_SALT_END], info).derive(content_key))


def _nonce(header: bytes, number: int, last: bool) -> bytes:
    return header[_SALT_END:] + number.to_bytes(4) + (b"\x01" if last else b"\x00")


def _read_exactly(source: BinaryIO, wanted: int) -> bytes:
    data = source.read(wanted)
    while len(data) < wanted:
        more = source.read(wanted - len(data))
        if not more:
            raise EOFError(f"{wanted - len(data)} bytes are missing")
        data += more
    return data
