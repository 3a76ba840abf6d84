"""How a transfer ends: closed, its bytes erased and their absence verified, a tombstone left.

No transaction is held while a store is asked. Every step from one state to the next is one
conditional UPDATE whose row count decides who took it; nothing leads back from `deleting`.
"""

import logging

from django.db import transaction
from django.utils import timezone

from transfers.lifecycle import blocked_payloads, events, uploads
from transfers.lifecycle.closing import UNFINISHED, close
from transfers.models import Reason, SealedManifest, State, Transfer, TransferEvent
from transfers.statistics import hourly
from transfers.stores.base import StoreUnavailable

log = logging.getLogger(__name__)
_SEPARATOR = ","


def abort(transfer: Transfer) -> State:
    """Give an unfinished upload up; raises Conflict when it was completed meanwhile."""
    unfinished = Transfer.objects.filter(pk=transfer.pk, state__in=UNFINISHED)
    if not close(unfinished, Reason.ABANDONED):
        raise uploads.not_pending()
    return erase_now(transfer)


def delete(transfer: Transfer, reason: Reason) -> State:
    """Close a transfer for `reason` and delete its bytes now; the state that it reached.

    Does not wait for leases. Where the store fails the row stays `deleting` for the next cleanup.
    """
    close(
        Transfer.objects.filter(pk=transfer.pk),
        reason,
        lambda: events.record(transfer, TransferEvent.Kind.DELETION_ASKED),
    )
    return erase_now(transfer)


def erase_now(transfer: Transfer) -> State:
    """Delete the bytes of a closed transfer if the store can now; the state that it reached."""
    transfer.refresh_from_db()
    try:
        erase(transfer)
        transfer.refresh_from_db()
    except StoreUnavailable as exc:
        log.warning("deletion is left to cleanup", extra={"cause": str(exc)})
    return State(transfer.state)


def erase(transfer: Transfer) -> bool:
    """`deleting → deleted`: bytes and upload removed, absence verified, a tombstone left.

    True when this call took the step. Safe to run twice at once. Raises StoreUnavailable and then
    leaves the row as it is.
    """
    if transfer.state != State.DELETING:
        return False
    store = uploads.store_of(transfer)
    store.abort_all(transfer.id)
    blocked_payloads.hash_before_deletion(transfer, store)
    store.delete(transfer.id)
    traces = store.traces(transfer.id)
    if any(traces.values()):
        raise StoreUnavailable("the store still holds the object")
    return _leave_tombstone(transfer, list(traces))


def receipt_of(transfer: Transfer) -> dict[str, object] | None:
    """What was verified when the transfer was deleted; None for one that is not."""
    if transfer.state != State.DELETED:
        return None
    return {
        "deleted_at": transfer.deleted_at,
        "reason": transfer.reason,
        "payload_bytes": transfer.payload_bytes,
        "verified": [what for what in transfer.found_absent.split(_SEPARATOR) if what],
    }


def _leave_tombstone(transfer: Transfer, found_absent: list[str]) -> bool:
    """Empty the row, and erase all others of the transfer; False when another call did.

    `found_absent` names what was looked for in the store and not found. The owner token's hash
    stays, for the receipt alone (docs/decisions/0043).
    """
    with transaction.atomic():
        deleted = Transfer.objects.filter(pk=transfer.pk, state=State.DELETING).update(
            state=State.DELETED,
            deleted_at=timezone.now(),
            found_absent=_SEPARATOR.join(found_absent),
            envelope="",
            content_type_hint="",
            multipart_id="",
            leased_until=None,
            link_proof_hash=b"",
            proof_hash=b"",
        )
        if not deleted:
            return False
        SealedManifest.objects.filter(transfer=transfer).delete()
        transfer.leases.all().delete()
        transfer.events.all().delete()
        if transfer.completed_at is not None:
            hourly.count(bytes_erased=transfer.stored_bytes)
    return True
