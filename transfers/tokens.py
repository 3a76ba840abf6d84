"""Random identifiers, and secrets that are kept as hashes and compared in constant time."""

import base64
import binascii
import hashlib
import hmac
import secrets

from transfers.limits import SECRET_BYTES, TRANSFER_ID_ALPHABET, TRANSFER_ID_LENGTH


def new_transfer_id() -> str:
    return "".join(secrets.choice(TRANSFER_ID_ALPHABET) for _ in range(TRANSFER_ID_LENGTH))


def decode_b64u(text: str, length_bytes: int | None = None) -> bytes:
    """Strict unpadded base64url (format.md); raises ValueError, of `length_bytes` where given."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("not unpadded base64url") from None
    if encode_b64u(data) != text or length_bytes not in (None, len(data)):
        raise ValueError("not canonical base64url of the right length")
    return data


def encode_b64u(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def hash_secret(secret: bytes) -> bytes:
    """SHA-256 of 32 random bytes: nothing to stretch, so nothing is stretched."""
    return hashlib.sha256(secret).digest()


def secret_matches(secret_b64u: str | None, stored_hash: bytes) -> bool:
    """Whether the secret hashes to `stored_hash`, in constant time; malformed ones never do."""
    try:
        secret = decode_b64u(secret_b64u or "", SECRET_BYTES)
    except ValueError:
        return False
    return same_bytes(hash_secret(secret), bytes(stored_hash))


def same_bytes(one: bytes, other: bytes) -> bool:
    """Constant-time comparison."""
    return hmac.compare_digest(one, other)


def same_text(one: str, other: str) -> bool:
    """Constant-time comparison of two texts."""
    return same_bytes(one.encode(), other.encode())
