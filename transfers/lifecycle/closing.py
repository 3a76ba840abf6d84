"""The step from open to `deleting`: one conditional UPDATE, and what an access token gets back."""

from collections.abc import Callable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from transfers.access import access_tokens
from transfers.models import Reason, State, Transfer, TransferQuerySet
from transfers.statistics import hourly

_COUNTERS = {
    Reason.EXPIRED: "transfers_expired",
    Reason.EXHAUSTED: "transfers_exhausted",
    Reason.OWNER: "transfers_deleted",
    Reason.OPERATOR: "transfers_taken_down",
    Reason.TAKEN_DOWN: "transfers_taken_down",
    Reason.ABANDONED: "transfers_failed",
}
UNFINISHED = (State.PENDING, State.COMPLETING)


def close(
    transfers: TransferQuerySet, reason: Reason, also: Callable[[], object] = lambda: None
) -> int:
    """Move those of the set that are still open to `deleting`; returns how many this call moved.

    If there are any, `also` is called in the same transaction, before the hourly totals, whose rows
    all transactions share.
    """
    still_open = transfers.exclude(state__in=[State.DELETING, State.DELETED])
    charged = Q(state__in=UNFINISHED, access_token__isnull=False)
    closed = sum(
        _close_charged(still_open, each, reason, also) for each in still_open.filter(charged)
    )
    return closed + _update(still_open.exclude(charged), reason, also)


def _close_charged(
    still_open: TransferQuerySet, transfer: Transfer, reason: Reason, also: Callable[[], object]
) -> int:
    """Close an unfinished transfer and refund its access token."""

    def give_back() -> None:
        access_tokens.give_back(transfer)
        also()

    return _update(still_open.filter(pk=transfer.pk, state__in=UNFINISHED), reason, give_back)


def _update(transfers: TransferQuerySet, reason: Reason, also: Callable[[], object]) -> int:
    with transaction.atomic():
        closed = transfers.update(state=State.DELETING, reason=reason, closed_at=timezone.now())
        if closed:
            also()
            hourly.count(**{_COUNTERS[reason]: closed})
    return closed
