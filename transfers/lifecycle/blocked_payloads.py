"""Ciphertext that may not come back, known by the SHA-256 of all its bytes."""

import hashlib
import threading
from dataclasses import dataclass

from transfers.database_pool import release_database
from transfers.models import BlockedPayload, Transfer
from transfers.stores.base import StoreUnavailable, TransferStore

BEGINNING_BYTES = 64 * 2**10

# Who has the beginning of a blocked payload can make us read as much as they sent: one at a time.
_reading = threading.Lock()


@dataclass(frozen=True)
class Digests:
    """SHA-256 of the first 64 KiB, or of fewer where there are no more, and of all bytes."""

    beginning: bytes
    whole: bytes


def is_blocked(transfer: Transfer, store: TransferStore) -> bool:
    """Whether the stored object is a blocked payload.

    Nothing is read unless its length is one of theirs, and no more than its beginning unless that
    is too. Raises StoreUnavailable.
    """
    alike = BlockedPayload.objects.filter(
        payload_bytes=transfer.stored_bytes, payload_sha256__isnull=False
    )
    known = [
        (bytes(whole), beginning and bytes(beginning))
        for whole, beginning in alike.values_list("payload_sha256", "beginning_sha256")
        if whole is not None
    ]
    release_database()
    if known and transfer.stored_bytes > BEGINNING_BYTES and all(begins for _, begins in known):
        found = _beginning_of(transfer, store)
        known = [(whole, begins) for whole, begins in known if begins == found]
    return bool(known) and _digests(transfer, store).whole in {whole for whole, _ in known}


def hash_before_deletion(transfer: Transfer, store: TransferStore) -> None:
    """Fill in the hashes of a payload that an operator blocked, while its bytes are still there.

    Raises StoreUnavailable; nothing to do when the object is gone or no block waits for it.
    """
    waiting = BlockedPayload.objects.filter(transfer_id=transfer.pk, payload_sha256=None)
    is_waited_for = waiting.exists()
    release_database()
    if not is_waited_for:
        return
    if store.stat(transfer.pk) != transfer.payload_bytes:
        waiting.delete()
        return
    digests = _digests(transfer, store)
    if BlockedPayload.objects.filter(payload_sha256=digests.whole).exists():
        waiting.delete()
    else:
        waiting.update(payload_sha256=digests.whole, beginning_sha256=digests.beginning)
    release_database()


def _beginning_of(transfer: Transfer, store: TransferStore) -> bytes:
    digest = hashlib.sha256()
    for chunk in store.read(transfer.pk, 0, BEGINNING_BYTES):
        digest.update(chunk)
    return digest.digest()


def _digests(transfer: Transfer, store: TransferStore) -> Digests:
    """Of one payload at a time in this process; StoreUnavailable for whoever comes meanwhile."""
    if not _reading.acquire(blocking=False):
        raise StoreUnavailable("another payload is being read")
    try:
        beginning, whole, missing_bytes = hashlib.sha256(), hashlib.sha256(), BEGINNING_BYTES
        for chunk in store.read(transfer.pk, 0, transfer.stored_bytes):
            whole.update(chunk)
            beginning.update(chunk[:missing_bytes])
            missing_bytes = max(0, missing_bytes - len(chunk))
        return Digests(beginning.digest(), whole.digest())
    finally:
        _reading.release()
