"""The shape of a vector, and bytes that look random but never change."""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

OK, WRONG_KEY, DAMAGED, UNSUPPORTED = "ok", "wrong key", "damaged", "unsupported"

Vector = dict[str, Any]
Cases = Iterator[tuple[str, Vector]]


def drawn(label: str, length_bytes: int) -> bytes:
    """Stands for random bytes; the same for the same label."""
    return hashlib.shake_256(f"sgraph-send test vectors: {label}".encode()).digest(length_bytes)


def patterned(length_bytes: int) -> bytes:
    """The bytes that vectors describe as `byte_i_is: i mod 251`."""
    return (bytes(range(251)) * (length_bytes // 251 + 1))[:length_bytes]


def described(length_bytes: int) -> dict[str, Any]:
    """How a vector says `patterned(length_bytes)`."""
    return {"length": length_bytes, "byte_i_is": "i mod 251"}


def case(
    rule: str, scenario: str, expected: str, given: dict[str, Any], output: Any = None
) -> tuple[str, Vector]:
    """One vector and the name of its file."""
    vector: Vector = {"rule": rule, "scenario": scenario, "expected": expected, "input": given}
    if expected == OK:
        vector["output"] = output
    name = re.sub(r"[^a-z0-9]+", "-", f"{rule} {scenario}".lower()).strip("-")
    return f"{name}.json", vector
