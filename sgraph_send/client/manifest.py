"""The sealed manifest: docs/format.md section 5."""

import hmac
import json
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sgraph_send.client.encoding import parse_strict_json
from sgraph_send.client.errors import DamagedError, WrongKeyError
from sgraph_send.client.keys import TransferKeys
from sgraph_send.client.manifest_rules import Manifest, check_manifest
from sgraph_send.client.sizes import TAG_BYTES, payload_length

MANIFEST_PLAIN_BYTES_MAX = 8 * 2**20
PADDED_TO_BYTES = 4096
COMMITMENT_BYTES = 32
NONCE_BYTES = 12


def seal_manifest(
    keys: TransferKeys, envelope_text: str, manifest: Manifest, *, nonce: bytes | None = None
) -> bytes:
    """Seals a manifest; `envelope_text` is the envelope exactly as the server stores it.

    `nonce` (12 bytes) is for test vectors only. Raises DamagedError for a manifest that no reader
    would take.
    """
    members = manifest.members()
    check_manifest(members, payload_length(manifest.size))
    json_text = json.dumps(members, ensure_ascii=False, separators=(",", ":"))
    plaintext = pad_manifest(json_text.encode())
    if len(plaintext) > MANIFEST_PLAIN_BYTES_MAX:
        raise DamagedError("The manifest is too long.")
    nonce = os.urandom(NONCE_BYTES) if nonce is None else nonce
    return seal_manifest_plaintext(keys, envelope_text, plaintext, nonce)


def pad_manifest(json_bytes: bytes) -> bytes:
    """The JSON and spaces up to the next multiple of 4,096 bytes."""
    return json_bytes + b" " * (-len(json_bytes) % PADDED_TO_BYTES)


def seal_manifest_plaintext(
    keys: TransferKeys, envelope_text: str, plaintext: bytes, nonce: bytes
) -> bytes:
    """Seals any bytes as a manifest; tests make those that readers refuse with it."""
    sealed = AESGCM(keys.manifest).encrypt(nonce, plaintext, _associated_data(envelope_text))
    return keys.commitment + nonce + sealed


def open_manifest(
    keys: TransferKeys, envelope_text: str, sealed: bytes, payload_bytes: int
) -> Manifest:
    """Opens and checks a sealed manifest.

    `payload_bytes` is the payload's length as the server reports it. Raises WrongKeyError when the
    key or the passphrase belongs to another transfer, DamagedError for everything after that.
    """
    if len(sealed) < COMMITMENT_BYTES:
        raise DamagedError("The manifest is cut short.")
    if not hmac.compare_digest(sealed[:COMMITMENT_BYTES], keys.commitment):
        raise WrongKeyError("The key or the passphrase does not belong to this transfer.")
    nonce = sealed[COMMITMENT_BYTES : COMMITMENT_BYTES + NONCE_BYTES]
    ciphertext = sealed[COMMITMENT_BYTES + NONCE_BYTES :]
    plain_bytes = len(ciphertext) - TAG_BYTES
    if not 0 < plain_bytes <= MANIFEST_PLAIN_BYTES_MAX or plain_bytes % PADDED_TO_BYTES:
        raise DamagedError("The manifest has a wrong length.")
    try:
        opened = AESGCM(keys.manifest).decrypt(nonce, ciphertext, _associated_data(envelope_text))
        text = opened.decode()
    except (InvalidTag, UnicodeDecodeError):
        raise DamagedError("The manifest is damaged.") from None
    return check_manifest(parse_strict_json(text), payload_bytes)


def _associated_data(envelope_text: str) -> bytes:
    return b"sgraph-send/v1/manifest" + envelope_text.encode()
