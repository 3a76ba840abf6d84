"""The public envelope of a transfer: docs/format.md section 3."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sgraph_send.client.encoding import decode_b64u, encode_b64u, is_integer, parse_strict_json
from sgraph_send.client.errors import DamagedError, UnsupportedError

ENVELOPE_BYTES_MAX = 1024
KDF_SALT_BYTES = 16

_VERSION = 1
COST_RANGES = {"m": (65536, 262144), "t": (3, 8), "p": (1, 1)}


@dataclass(frozen=True)
class Argon2idCosts:
    """`m` in KiB, `t` passes, `p` lanes; the defaults are what writers use."""

    m: int = 65536
    t: int = 3
    p: int = 1


@dataclass(frozen=True)
class Envelope:
    """`salt` is the 16-byte salt of the key derivation; `argon2id` is None for a transfer without a
    passphrase."""

    salt: bytes
    argon2id: Argon2idCosts | None


def write_envelope(salt: bytes, *, with_passphrase: bool) -> str:
    """The envelope's text, which the server stores and returns byte for byte."""
    kdf: dict[str, Any] = {"salt": encode_b64u(salt)}
    if with_passphrase:
        kdf["argon2id"] = vars(Argon2idCosts())
    return json.dumps({"v": _VERSION, "kdf": kdf}, separators=(",", ":"))


def read_envelope(text: str) -> Envelope:
    """The envelope in its text form.

    Raises UnsupportedError for another version, costs outside the allowed ranges and unknown
    members; DamagedError for everything else that is wrong.
    """
    if len(text) > ENVELOPE_BYTES_MAX or not text.isascii():
        raise DamagedError("The envelope is not short ASCII text.")
    envelope = _object(parse_strict_json(text))
    if _integer(envelope.get("v")) != _VERSION:
        raise UnsupportedError("This transfer was made by a newer version.")
    _refuse_unknown(envelope, {"v", "kdf"})
    kdf = _object(envelope.get("kdf"))
    _refuse_unknown(kdf, {"salt", "argon2id"})
    salt = decode_b64u(kdf.get("salt", ""), KDF_SALT_BYTES)
    return Envelope(salt, _costs(_object(kdf["argon2id"])) if "argon2id" in kdf else None)


def _costs(members: dict[str, Any]) -> Argon2idCosts:
    _refuse_unknown(members, COST_RANGES.keys())
    for name, (least, most) in COST_RANGES.items():
        if not least <= _integer(members.get(name)) <= most:
            raise UnsupportedError(f"The Argon2id cost {name} is out of range.")
    return Argon2idCosts(**members)


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DamagedError("The envelope lacks an object.")
    return value


def _integer(value: Any) -> int:
    if not is_integer(value):
        raise DamagedError("The envelope lacks a plain integer.")
    return value


def _refuse_unknown(members: dict[str, Any], known: Iterable[str]) -> None:
    if not members.keys() <= set(known):
        raise UnsupportedError("The envelope has a member that this version does not know.")
