"""Our Python implementation runs every vector in tests/vectors."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from sgraph_send.client import format as sgraph_format
from sgraph_send.client.sizes import SEGMENT_BYTES
from tests.vectors import generate
from tests.vectors.case import patterned

VECTORS = generate.load()


@pytest.mark.parametrize("name", VECTORS)
def test_python_agrees_with_the_vector(name: str) -> None:
    vector = VECTORS[name]
    try:
        outcome, output = "ok", RULES[vector["rule"]](vector["input"])
    except sgraph_format.FormatError as error:
        outcome, output = error.code.replace("_", " "), None
    assert outcome == vector["expected"]
    assert output == vector.get("output")


def test_vectors_in_the_repository_are_what_the_generator_writes() -> None:
    generated = dict(generate.generated())
    assert generated == {
        name: (generate.FOLDER / name).read_text() for name in VECTORS | dict.fromkeys(generated)
    }


def test_every_rule_has_a_success_and_every_outcome_occurs() -> None:
    rules_with_success = {v["rule"] for v in VECTORS.values() if v["expected"] == "ok"}
    assert rules_with_success == set(RULES)
    assert {v["expected"] for v in VECTORS.values()} == {
        "ok",
        "wrong key",
        "damaged",
        "unsupported",
    }


def _b64u(given: dict[str, Any]) -> Any:
    return {"bytes": sgraph_format.decode_b64u(given["text"], given.get("length_bytes")).hex()}


def _read_envelope(given: dict[str, Any]) -> Any:
    envelope = sgraph_format.read_envelope(given["text"])
    costs = envelope.argon2id
    return {"salt": envelope.salt.hex(), "argon2id": costs and vars(costs)}


def _write_envelope(given: dict[str, Any]) -> Any:
    salt = bytes.fromhex(given["salt"])
    return {"text": sgraph_format.write_envelope(salt, with_passphrase=given["with_passphrase"])}


def _keys(given: dict[str, Any]) -> Any:
    return {name: value.hex() for name, value in vars(_derived(given)).items()}


def _derived(given: dict[str, Any]) -> sgraph_format.TransferKeys:
    envelope = sgraph_format.read_envelope(given["envelope"])
    secret = bytes.fromhex(given["secret"])
    return sgraph_format.derive_keys(secret, envelope, given["passphrase"])


def _part(given: dict[str, Any]) -> Any:
    key, index, count = bytes.fromhex(given["content_key"]), given["index"], given["count"]
    sealed = bytes.fromhex(given["sealed"])
    plaintext = sgraph_format.open_part(key, index, count, sealed)
    header = bytes.fromhex(given["header"])
    assert sgraph_format.seal_part(key, index, count, plaintext, header=header) == sealed
    return {"plaintext": plaintext.hex()}


def _long_part(given: dict[str, Any]) -> Any:
    plaintext = patterned(given["plaintext"]["length"])
    place = given["seal"]
    sealed = sgraph_format.seal_part(
        bytes.fromhex(place["content_key"]),
        place["index"],
        place["count"],
        plaintext,
        header=bytes.fromhex(place["header"]),
    )
    assert len(sealed) == given["sealed_length"]
    assert hashlib.sha256(sealed).hexdigest() == given["sealed_sha256"]
    for edit in given["edits"]:
        sealed = _edited(sealed, **edit)
    place = given["open"]
    key = bytes.fromhex(place["content_key"])
    assert sgraph_format.open_part(key, place["index"], place["count"], sealed) == plaintext
    return {}


def _edited(sealed: bytes, **edit: Any) -> bytes:
    segments = [sealed[at : at + SEGMENT_BYTES] for at in range(0, len(sealed), SEGMENT_BYTES)]
    match edit:
        case {"keep_first": length}:
            return sealed[:length]
        case {"flip_bit": [offset, bit]}:
            return sealed[:offset] + bytes([sealed[offset] ^ 1 << bit]) + sealed[offset + 1 :]
        case {"append": suffix}:
            return sealed + bytes.fromhex(suffix)
        case {"swap_segments": [a, b]}:
            segments[a], segments[b] = segments[b], segments[a]
        case {"drop_segment": a}:
            del segments[a]
        case {"append_segment": a}:
            segments.append(segments[a])
        case _:
            raise ValueError(f"unknown edit {edit}")
    return b"".join(segments)


def _manifest(given: dict[str, Any]) -> Any:
    sealed = sgraph_format.decode_b64u(given["sealed"])
    keys, envelope = _derived(given), given["envelope"]
    return sgraph_format.open_manifest(keys, envelope, sealed, given["payload_bytes"]).members()


def _paths(given: dict[str, Any]) -> Any:
    sgraph_format.check_paths(given["paths"])
    assert sgraph_format.safe_paths(given["paths"]) == given["paths"]
    return {}


def _sizes(given: dict[str, Any]) -> Any:
    size = given["size"]
    last = sgraph_format.part_count(size) - 1
    return {
        "part_size": sgraph_format.part_size_for(size),
        "parts": sgraph_format.part_count(size),
        "last_part_bytes": sgraph_format.part_length(size, last),
        "last_part_offset": sgraph_format.sealed_part_offset(size, last),
        "payload_bytes": sgraph_format.payload_length(size),
    }


def _padding(given: dict[str, Any]) -> Any:
    return {"pad": sgraph_format.padme_padding(given["total"])}


def _key(given: dict[str, Any]) -> Any:
    return {"secret": sgraph_format.read_key(given["text"]).hex()}


RULES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "b64u": _b64u,
    "read envelope": _read_envelope,
    "write envelope": _write_envelope,
    "keys": _keys,
    "part": _part,
    "long part": _long_part,
    "manifest": _manifest,
    "paths": _paths,
    "sizes": _sizes,
    "padding": _padding,
    "key": _key,
}
