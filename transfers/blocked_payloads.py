"""Ciphertext that may not come back, known by the SHA-256 of all its bytes."""

import hashlib
import threading

from transfers.database_pool import release_database
from transfers.models import BlockedPayload, Transfer
from transfers.stores.base import StoreUnavailable, TransferStore

# Anyone who knows a blocked length can make us read as much as they sent: one at a time.
_reading = threading.Lock()


def is_blocked(transfer: Transfer, store: TransferStore) -> bool:
    """Whether the stored object is a blocked payload; read only when its length is one of theirs.

    Raises StoreUnavailable.
    """
    alike = BlockedPayload.objects.filter(payload_bytes=transfer.payload_bytes)
    known = {bytes(digest) for digest in alike.values_list("payload_sha256", flat=True) if digest}
    release_database()
    return bool(known) and _sha256(transfer, store) in known


def hash_before_deletion(transfer: Transfer, store: TransferStore) -> None:
    """Fill in the hash of a payload that an operator blocked, while its bytes are still there.

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
    digest = _sha256(transfer, store)
    if BlockedPayload.objects.filter(payload_sha256=digest).exists():
        waiting.delete()
    else:
        waiting.update(payload_sha256=digest)
    release_database()


def _sha256(transfer: Transfer, store: TransferStore) -> bytes:
    """Of one payload at a time in this process; StoreUnavailable for whoever comes meanwhile."""
    if not _reading.acquire(blocking=False):
        raise StoreUnavailable("another payload is being read")
    try:
        digest = hashlib.sha256()
        for chunk in store.read(transfer.pk, 0, transfer.payload_bytes):
            digest.update(chunk)
        return digest.digest()
    finally:
        _reading.release()
