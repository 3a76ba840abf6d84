"""What a deletion leaves: a row without contents, and the receipt that its owner may still read."""

from django.db import transaction
from django.utils import timezone

from transfers.models import SealedManifest, State, Transfer
from transfers.statistics import hourly

_SEPARATOR = ","


def leave_tombstone(transfer: Transfer, found_absent: list[str]) -> None:
    """`deleting → deleted` for a transfer of which the store holds nothing any more.

    `found_absent` names what was looked for there and not found. The owner token's hash stays, for
    the receipt alone (docs/decisions/0043).
    """
    with transaction.atomic():
        SealedManifest.objects.filter(transfer=transfer).delete()
        transfer.leases.all().delete()
        transfer.events.all().delete()
        was_completed = transfer.completed_at is not None
        deleted = Transfer.objects.filter(pk=transfer.pk, state=State.DELETING).update(
            state=State.DELETED,
            deleted_at=timezone.now(),
            found_absent=_SEPARATOR.join(found_absent),
            envelope="",
            content_type_hint="",
            multipart_id="",
            link_proof_hash=b"",
            proof_hash=b"",
        )
        if deleted and was_completed:
            hourly.count(bytes_erased=transfer.payload_bytes)
    transfer.refresh_from_db()


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
