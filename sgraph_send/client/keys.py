"""The key schedule: docs/format.md section 2."""

import unicodedata
from dataclasses import dataclass

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sgraph_send.client.envelope import Envelope
from sgraph_send.client.errors import WrongKeyError

SECRET_BYTES = 32
KEY_BYTES = 32
_LABEL_PREFIX = b"sgraph-send/v1/"
_ARGON2_VERSION = 0x13


@dataclass(frozen=True, repr=False)
class TransferKeys:
    """The keys that are derived for one transfer, 32 bytes each."""

    content: bytes
    manifest: bytes
    proof: bytes
    commitment: bytes
    link_proof: bytes


def derive_keys(secret: bytes, envelope: Envelope, passphrase: str = "") -> TransferKeys:
    """The keys of a transfer; `secret` is 32 bytes, an empty passphrase means none.

    Raises WrongKeyError when a passphrase is missing, is not valid text, or is given for a
    transfer that takes none: silently ignoring it would leave a sender believing in a protection
    that is not there.
    """
    if len(secret) != SECRET_BYTES:
        raise ValueError(f"the secret is not {SECRET_BYTES} bytes")
    ikm = _input_key_material(secret, envelope, passphrase)
    return TransferKeys(
        content=_expand(ikm, envelope.salt, b"content"),
        manifest=_expand(ikm, envelope.salt, b"manifest"),
        proof=_expand(ikm, envelope.salt, b"proof"),
        commitment=_expand(ikm, envelope.salt, b"commitment"),
        link_proof=_expand(secret, envelope.salt, b"link-proof"),
    )


def _input_key_material(secret: bytes, envelope: Envelope, passphrase: str) -> bytes:
    if envelope.argon2id is None:
        if passphrase:
            raise WrongKeyError("This transfer takes no passphrase.")
        return secret
    if not passphrase:
        raise WrongKeyError("This transfer needs a passphrase.")
    return secret + hash_secret_raw(
        secret=_passphrase_bytes(passphrase),
        salt=envelope.salt,
        time_cost=envelope.argon2id.t,
        memory_cost=envelope.argon2id.m,
        parallelism=envelope.argon2id.p,
        hash_len=KEY_BYTES,
        type=Type.ID,
        version=_ARGON2_VERSION,
    )


def _passphrase_bytes(passphrase: str) -> bytes:
    try:
        return unicodedata.normalize("NFC", passphrase).encode()
    except UnicodeEncodeError:
        raise WrongKeyError("The passphrase is not valid text.") from None


def _expand(ikm: bytes, salt: bytes, label: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt, _LABEL_PREFIX + label).derive(ikm)
