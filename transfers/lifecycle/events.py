"""What happened to sealed transfers, written in the transaction of what they tell.

Raw transfers have none: nobody owns them, and a GET of theirs must not cost a row.
"""

from datetime import datetime

from django.utils import timezone

from transfers.models import Transfer, TransferEvent

SHOWN_MAX = 200
VISITOR_CHARACTERS = 8


def record(
    transfer: Transfer,
    kind: TransferEvent.Kind,
    *,
    address_hash: str = "",
    at: datetime | None = None,
) -> None:
    """Add an event to a sealed transfer; to be called inside the transaction that it belongs to."""
    if transfer.is_sealed:
        TransferEvent.objects.create(
            transfer=transfer, kind=kind, address_hash=address_hash, at=at or timezone.now()
        )


def latest(transfer: Transfer) -> list[TransferEvent]:
    """The last 200, the oldest of them first."""
    return list(reversed(transfer.events.order_by("-at", "-id")[:SHOWN_MAX]))


def visitor_name(address_hash: str) -> str | None:
    """What an address is called before its sender: the same name is the same address that day."""
    return address_hash[:VISITOR_CHARACTERS] or None
