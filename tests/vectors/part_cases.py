"""Vectors of the key schedule and of parts."""

import hashlib
import unicodedata
from typing import Any

from sgraph_send.client.format import derive_keys, read_envelope, seal_part, write_envelope
from tests.vectors.case import DAMAGED, OK, WRONG_KEY, Cases, case, described, drawn, patterned

SECRET = drawn("secret", 32)
SALT = drawn("kdf salt", 16)
CONTENT_KEY = drawn("content key", 32)
HEADER = b"\x28" + drawn("part header", 39)
PASSPHRASE = "correct horse Bätterÿ 🐎"


def schedule_cases() -> Cases:
    """Derivation of all keys and proofs."""
    plain = write_envelope(SALT, with_passphrase=False)
    stretched = write_envelope(SALT, with_passphrase=True)
    good = {
        "without passphrase": (plain, ""),
        "with another salt": (write_envelope(drawn("salt 2", 16), with_passphrase=False), ""),
        "with passphrase": (stretched, PASSPHRASE),
        "passphrase entered in nfd": (stretched, unicodedata.normalize("NFD", PASSPHRASE)),
        "passphrase with spaces around": (stretched, f" {PASSPHRASE} "),
        "with higher costs": (stretched.replace('"m":65536,"t":3', '"m":66560,"t":4'), PASSPHRASE),
    }
    for scenario, (envelope, passphrase) in good.items():
        keys = derive_keys(SECRET, read_envelope(envelope), passphrase)
        output = {name: value.hex() for name, value in vars(keys).items()}
        yield case("keys", scenario, OK, _schedule(envelope, passphrase), output)
    yield case("keys", "passphrase missing", WRONG_KEY, _schedule(stretched, ""))
    yield case(
        "keys", "passphrase with an unpaired surrogate", WRONG_KEY, _schedule(stretched, "a\ud800")
    )


def _schedule(envelope: str, passphrase: str) -> dict[str, str]:
    return {"secret": SECRET.hex(), "envelope": envelope, "passphrase": passphrase}


def part_cases() -> Cases:
    """Short parts, given byte for byte."""
    good = {
        "empty": (0, 1, b""),
        "one byte": (0, 1, b"\x00"),
        "in the middle": (1, 3, b"middle"),
        "last of many": (8191, 8192, b"last"),
    }
    for scenario, (index, count, plaintext) in good.items():
        sealed = seal_part(CONTENT_KEY, index, count, plaintext, header=HEADER)
        given = _opening(index, count, sealed) | {"header": HEADER.hex()}
        yield case("part", scenario, OK, given, {"plaintext": plaintext.hex()})
    sealed = seal_part(CONTENT_KEY, 1, 3, b"part one of three", header=HEADER)
    flips = {
        "first byte": 0,
        "salt": 1,
        "nonce prefix": 39,
        "ciphertext": 40,
        "tag": len(sealed) - 1,
    }
    for place, offset in flips.items():
        flipped = sealed[:offset] + bytes([sealed[offset] ^ 1]) + sealed[offset + 1 :]
        yield case("part", f"bit flipped in {place}", DAMAGED, _opening(1, 3, flipped))
    for length in [0, 39, 40, 55, 56, len(sealed) - 1]:
        yield case("part", f"truncated to {length} bytes", DAMAGED, _opening(1, 3, sealed[:length]))
    yield case("part", "a byte appended", DAMAGED, _opening(1, 3, sealed + b"\0"))
    yield case("part", "reordered", DAMAGED, _opening(0, 3, sealed))
    yield case("part", "duplicated", DAMAGED, _opening(2, 3, sealed))
    yield case("part", "fewer parts than were sealed", DAMAGED, _opening(1, 2, sealed))
    yield case("part", "more parts than were sealed", DAMAGED, _opening(1, 4, sealed))
    other = seal_part(drawn("another content key", 32), 1, 3, b"part one of three", header=HEADER)
    yield case("part", "swapped between transfers", DAMAGED, _opening(1, 3, other))
    empty = seal_part(CONTENT_KEY, 1, 3, b"", header=HEADER)
    yield case("part", "empty part in place of another", DAMAGED, _opening(0, 3, empty))


def _opening(index: int, count: int, sealed: bytes) -> dict[str, Any]:
    return {
        "content_key": CONTENT_KEY.hex(),
        "index": index,
        "count": count,
        "sealed": sealed.hex(),
    }


def long_part_cases() -> Cases:
    """Parts of several segments, given by how to make them."""
    for length in [262_087, 262_088, 262_089, 524_215, 524_216, 524_217, 1_048_577]:
        yield case("long part", f"{length} bytes", OK, _long(length, []), {})
    broken: dict[str, tuple[int, list[dict[str, Any]]]] = {
        "truncated at a segment border": (600_000, [{"keep_first": 524_288}]),
        "truncated to the first segment": (600_000, [{"keep_first": 262_144}]),
        "truncated inside a segment": (600_000, [{"keep_first": 300_000}]),
        "truncated to less than a tag": (524_217, [{"keep_first": 524_300}]),
        "segments reordered": (1_048_577, [{"swap_segments": [1, 2]}]),
        "segment left out": (1_048_577, [{"drop_segment": 1}]),
        "segment duplicated": (524_216, [{"append_segment": 1}]),
        "bit flipped in the header": (600_000, [{"flip_bit": [20, 7]}]),
        "bit flipped in the second segment": (600_000, [{"flip_bit": [262_144, 0]}]),
        "bit flipped in the last tag": (600_000, [{"flip_bit": [600_087, 3]}]),
        "bytes appended": (262_088, [{"append": drawn("appended", 16).hex()}]),
    }
    for scenario, (length, edits) in broken.items():
        yield case("long part", scenario, DAMAGED, _long(length, edits))
    reordered = _long(262_089, [])
    reordered["open"]["index"] = 1
    yield case("long part", "reordered", DAMAGED, reordered)


def _long(length: int, edits: list[dict[str, Any]]) -> dict[str, Any]:
    sealed = seal_part(CONTENT_KEY, 0, 2, patterned(length), header=HEADER)
    place = {"content_key": CONTENT_KEY.hex(), "index": 0, "count": 2}
    return {
        "plaintext": described(length),
        "seal": place | {"header": HEADER.hex()},
        "sealed_length": len(sealed),
        "sealed_sha256": hashlib.sha256(sealed).hexdigest(),
        "edits": edits,
        "open": dict(place),
    }
