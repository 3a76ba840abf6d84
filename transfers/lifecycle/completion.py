"""`pending → completing → completed`: what the store holds of an upload becomes the payload.

No transaction is held while a store is asked, and every step is one conditional
UPDATE whose row count decides who took it.
"""

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from transfers import errors, limits
from transfers.lifecycle import blocked_payloads, deletion, events, uploads
from transfers.models import Reason, SealedManifest, State, Transfer, TransferEvent
from transfers.statistics import hourly
from transfers.stores.base import StoredPart, StoreUnavailable, UploadGone

log = logging.getLogger(__name__)


def require_completable(transfer: Transfer) -> None:
    """Raises Conflict `transfer_not_pending` for a transfer that takes no manifest any more."""
    if transfer.state not in (State.PENDING, State.COMPLETING, State.COMPLETED):
        raise uploads.not_pending()


def complete(transfer: Transfer, sealed_manifest: bytes) -> Transfer:
    """Finish a sealed upload with its manifest. The same manifest again is no error.

    Raises Conflict `parts_missing`, `manifest_differs` or `transfer_not_pending`.
    """
    parts = None
    if transfer.state == State.PENDING:
        parts = _all_parts(transfer, uploads.stored_parts(transfer))
        with transaction.atomic():
            taken = Transfer.objects.filter(pk=transfer.pk, state=State.PENDING).update(
                state=State.COMPLETING, touched_at=timezone.now()
            )
            if taken:
                SealedManifest.objects.create(transfer=transfer, sealed=sealed_manifest)
        transfer.refresh_from_db()
    require_completable(transfer)
    if sealed_manifest_of(transfer) != sealed_manifest:
        raise errors.Conflict(
            "manifest_differs", "This transfer is being completed with another manifest."
        )
    if transfer.state == State.COMPLETING:
        _join_parts(transfer, parts)
    return transfer


def complete_raw(transfer: Transfer) -> Transfer:
    """Finish a raw upload; the bytes that the store holds decide its length."""
    parts = None
    if transfer.state == State.PENDING:
        parts = uploads.stored_parts(transfer) if transfer.multipart_id else []
        if not parts:
            raise errors.NotFound("nothing_uploaded", "Nothing was uploaded for this transfer yet.")
        size_bytes = parts[0].size_bytes
        Transfer.objects.filter(
            pk=transfer.pk, state=State.PENDING, multipart_id=transfer.multipart_id
        ).update(
            state=State.COMPLETING,
            payload_bytes=size_bytes,
            part_bytes=max(1, size_bytes),
            touched_at=timezone.now(),
        )
        transfer.refresh_from_db()
    if transfer.state == State.COMPLETING:
        _join_parts(transfer, parts)
    if transfer.state == State.PENDING:
        raise uploads.overtaken()
    if transfer.state != State.COMPLETED:
        raise errors.transfer_not_found()
    return transfer


def sealed_manifest_of(transfer: Transfer) -> bytes:
    """The manifest of a completed transfer; raises NotFound when it was deleted meanwhile."""
    kept = SealedManifest.objects.filter(transfer=transfer).first()
    if kept is None:
        raise errors.transfer_not_found()
    return bytes(kept.sealed)


def _join_parts(transfer: Transfer, parts: list[StoredPart] | None) -> None:
    """`completing → completed`; where the upload is gone, the object's length decides.

    `parts` as this call listed them: the store refuses to join what was replaced since then, and
    the next call, which finds the transfer `completing`, lists them anew.
    """
    store = uploads.store_of(transfer)
    try:
        if parts is None:
            listed = store.list_parts(transfer.id, transfer.multipart_id)
            parts = _all_parts(transfer, listed)
        store.complete(transfer.id, transfer.multipart_id, parts)
    except UploadGone:
        log.info("upload was joined before")
    if store.stat(transfer.id) != transfer.payload_bytes:
        raise StoreUnavailable("the object is not there in full")
    if blocked_payloads.is_blocked(transfer, store):
        deletion.delete(transfer, Reason.OPERATOR)
        raise errors.Forbidden(
            "payload_blocked", "The operator of this site does not accept this content."
        )
    now = timezone.now()
    with transaction.atomic():
        completed = Transfer.objects.filter(pk=transfer.pk, state=State.COMPLETING).update(
            state=State.COMPLETED,
            completed_at=now,
            touched_at=now,
            expires_at=now + timedelta(seconds=transfer.expires_in_seconds),
        )
        if completed:
            events.record(transfer, TransferEvent.Kind.COMPLETED)
            hourly.count(transfers_completed=1, bytes_created=transfer.stored_bytes)
    transfer.refresh_from_db()
    if transfer.state != State.COMPLETED:
        # Deleted while the store was joining: the object may have come after the deletion looked.
        store.delete(transfer.id)
        raise uploads.not_pending()


def _all_parts(transfer: Transfer, parts: list[StoredPart]) -> list[StoredPart]:
    held = {part.index: part.size_bytes for part in parts}
    count = transfer.part_count
    missing = [i for i in range(count) if held.get(i) != transfer.part_size_bytes(i)]
    if missing:
        raise errors.Conflict(
            "parts_missing",
            f"{len(missing)} of {count} parts have not been uploaded.",
            missing=missing[: limits.MISSING_PARTS_SHOWN_MAX],
        )
    if len(held) > count:
        raise errors.Conflict("parts_missing", "The upload holds parts that do not belong to it.")
    return parts
