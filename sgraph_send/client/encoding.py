"""Strict base64url and strict JSON, as docs/format.md requires them of readers."""

import base64
import json
import math
from typing import Any, NoReturn, TypeGuard

from sgraph_send.client.errors import DamagedError

JSON_DEPTH_MAX = 64
SAFE_INTEGER_MAX = 2**53 - 1
_PLAIN_INTEGER_CHARACTERS_MAX = 17


def encode_b64u(data: bytes) -> str:
    """base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode_b64u(text: str, length_bytes: int | None = None) -> bytes:
    """The bytes of a base64url text in its only form, the one that `encode_b64u` writes.

    Raises DamagedError for any other text (white space, padding and non-zero trailing bits
    included) and for another length than `length_bytes`.
    """
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (TypeError, ValueError):
        raise DamagedError("This is not valid base64url.") from None
    if encode_b64u(data) != text:
        raise DamagedError("This is not valid base64url.")
    if length_bytes is not None and len(data) != length_bytes:
        raise DamagedError(f"Expected {length_bytes} bytes, found {len(data)}.")
    return data


def parse_strict_json(text: str) -> Any:
    """Reads one JSON text (RFC 8259).

    Raises DamagedError for a duplicate member at any depth, for NaN, and for arrays and objects
    nested more than 64 deep. A number becomes an int only if it is written as a plain integer
    within ±(2^53 - 1); any other becomes the float NaN, so that `is_integer` tells them apart.
    """
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object_without_duplicates,
            parse_int=_plain_integer,
            parse_float=lambda _: math.nan,
            parse_constant=_refuse_constant,
        )
    except (ValueError, RecursionError):
        raise DamagedError("This is not valid JSON.") from None
    _refuse_deep_nesting(value)
    return value


def is_integer(value: object) -> TypeGuard[int]:
    """Whether a value from `parse_strict_json` is a plain integer (True and False are not)."""
    return type(value) is int and abs(value) <= SAFE_INTEGER_MAX


def _object_without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise DamagedError("A JSON member appears twice.")
    return members


def _plain_integer(digits: str) -> int | float:
    if len(digits) > _PLAIN_INTEGER_CHARACTERS_MAX or abs(int(digits)) > SAFE_INTEGER_MAX:
        return math.nan
    return int(digits)


def _refuse_constant(name: str) -> NoReturn:
    raise DamagedError(f"{name} is not JSON.")


def _refuse_deep_nesting(value: Any) -> None:
    level = [value]
    for _ in range(JSON_DEPTH_MAX + 1):
        level = [child for item in level for child in _children(item)]
    if level:
        raise DamagedError("The JSON is nested too deeply.")


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
