"""How a transfer begins: its row, its upload, its parts.

No transaction is held while a store is asked. Every step from one state to the next is one
conditional UPDATE whose row count decides who took it.
"""

from collections.abc import Iterator
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from transfers import errors, limits
from transfers.access import access_tokens
from transfers.database_pool import release_database
from transfers.lifecycle.closing import close
from transfers.models import Reason, State, Transfer
from transfers.statistics import hourly
from transfers.stores import current_store, open_store
from transfers.stores.base import StoredPart, StoreUnavailable, TransferStore, UploadGone


def store_of(transfer: Transfer) -> TransferStore:
    """The store that holds the transfer. What follows may be slow, so the
    database connection goes back to its pool."""
    release_database()
    return open_store(transfer.store, transfer.bucket)


def begin(transfer: Transfer) -> Transfer:
    """Save a new `pending` row, and start the upload of a sealed one.

    Raises StoreUnavailable, and Forbidden or TooLarge when its access token does not allow it.
    """
    store = current_store()
    now = timezone.now()
    transfer.store, transfer.bucket = store.kind, store.bucket
    transfer.created_at = transfer.touched_at = now
    transfer.expires_at = now + timedelta(seconds=transfer.expires_in_seconds)
    with transaction.atomic():
        access_tokens.spend(transfer)
        transfer.save(force_insert=True)
        hourly.count(transfers_created=1)
    if not transfer.is_sealed:
        return transfer
    try:
        transfer.multipart_id = store_of(transfer).begin(transfer.id)
    except StoreUnavailable:
        # The store may have begun one all the same; the row stays, so that cleanup looks for it.
        close(Transfer.objects.filter(pk=transfer.pk), Reason.ABANDONED)
        raise
    pending = Transfer.objects.filter(pk=transfer.pk, state=State.PENDING)
    if not pending.update(multipart_id=transfer.multipart_id):
        # Cleanup ends an upload this young for one reason only.
        store_of(transfer).abort(transfer.id, transfer.multipart_id)
        raise errors.Forbidden("access_token_revoked", "This access token was revoked.")
    return transfer


def write_raw(transfer: Transfer, chunks: Iterator[bytes], length_bytes: int) -> StoredPart:
    """Store a raw transfer's bytes; a repeated upload replaces the first once it is whole.

    Raises Conflict `upload_in_progress` when another one did the same meanwhile, NotFound when the
    transfer was completed or ended.
    """
    store = store_of(transfer)
    multipart_id = store.begin(transfer.id)
    try:
        part = store.write_part(
            transfer.id, multipart_id, 0, chunks, length_bytes, lambda: is_pending(transfer.id)
        )
        _adopt_upload(transfer, multipart_id)
    except UploadGone:
        store.abort(transfer.id, multipart_id)
        raise errors.transfer_not_found() from None
    except Exception:
        store.abort(transfer.id, multipart_id)
        raise
    if transfer.multipart_id:
        store.abort(transfer.id, transfer.multipart_id)
    return part


def _adopt_upload(transfer: Transfer, multipart_id: str) -> None:
    adopted = Transfer.objects.filter(
        pk=transfer.pk, state=State.PENDING, multipart_id=transfer.multipart_id
    ).update(multipart_id=multipart_id, touched_at=timezone.now())
    if adopted:
        return
    if not is_pending(transfer.id):
        raise UploadGone(transfer.id)
    raise overtaken()


def sign_parts(transfer: Transfer, indices: list[int]) -> list[dict[str, object]]:
    """URLs to PUT these parts to; raises Conflict unless pending, Invalid past the last part."""
    count = transfer.part_count
    if any(index >= count for index in indices):
        raise errors.Invalid(
            "part_out_of_range", f"This transfer has the parts 0 to {count - 1} only."
        )
    now = timezone.now()
    # Signing keeps an upload alive: cleanup spares what was touched lately.
    touched = Transfer.objects.filter(pk=transfer.pk, state=State.PENDING).update(touched_at=now)
    if not touched:
        raise not_pending()
    store = store_of(transfer)
    expires_at = now + timedelta(seconds=limits.PART_URL_SECONDS)
    return [
        {
            "index": index,
            "url": store.sign_part(transfer.id, transfer.multipart_id, index, size_bytes),
            "size_bytes": size_bytes,
            "expires_at": expires_at,
        }
        for index in indices
        for size_bytes in [transfer.part_size_bytes(index)]
    ]


def stored_parts(transfer: Transfer) -> list[StoredPart]:
    """What the store holds of a pending upload; raises Conflict when it is not pending."""
    if transfer.state != State.PENDING:
        raise not_pending()
    try:
        return store_of(transfer).list_parts(transfer.id, transfer.multipart_id)
    except UploadGone:
        raise not_pending() from None


def not_pending() -> errors.Conflict:
    return errors.Conflict(
        "transfer_not_pending", "This transfer takes no more uploads: it was completed or ended."
    )


def overtaken() -> errors.Conflict:
    return errors.Conflict(
        "upload_in_progress", "Another upload of this transfer came first. Look before you repeat."
    )


def is_pending(transfer_id: str) -> bool:
    """Whether the transfer takes uploads at this moment."""
    pending = Transfer.objects.filter(pk=transfer_id, state=State.PENDING).exists()
    release_database()
    return pending
