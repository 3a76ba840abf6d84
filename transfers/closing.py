"""The step from open to `deleting`: one conditional UPDATE, and what an access token gets back."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from transfers import access_tokens, figures
from transfers.models import Reason, State, Transfer, TransferQuerySet

_FIGURES = {
    Reason.EXPIRED: "transfers_expired",
    Reason.EXHAUSTED: "transfers_exhausted",
    Reason.OWNER: "transfers_deleted",
    Reason.OPERATOR: "transfers_taken_down",
    Reason.TAKEN_DOWN: "transfers_taken_down",
    Reason.ABANDONED: "transfers_failed",
}
UNFINISHED = (State.PENDING, State.COMPLETING)


def close(transfers: TransferQuerySet, reason: Reason) -> int:
    """`→ deleting` for those of the set that are not there yet; how many this call took."""
    still_open = transfers.exclude(state__in=[State.DELETING, State.DELETED])
    charged = Q(state__in=UNFINISHED, access_token__isnull=False)
    closed = sum(_close_charged(still_open, each, reason) for each in still_open.filter(charged))
    return closed + _update(still_open.exclude(charged), reason)


def _close_charged(still_open: TransferQuerySet, transfer: Transfer, reason: Reason) -> int:
    """An unfinished transfer that an access token was charged for: who closes it gives back."""
    with transaction.atomic():
        closed = _update(still_open.filter(pk=transfer.pk, state__in=UNFINISHED), reason)
        if closed:
            access_tokens.give_back(transfer)
    return closed


def reopen(transfers: TransferQuerySet, reason: Reason) -> None:
    """`deleting → completed` for those of the set that were closed for `reason`."""
    with transaction.atomic():
        reopened = transfers.filter(state=State.DELETING, reason=reason).update(
            state=State.COMPLETED, reason=Reason.NONE, closed_at=None
        )
        if reopened:
            figures.count(**{_FIGURES[reason]: -reopened})


def _update(transfers: TransferQuerySet, reason: Reason) -> int:
    with transaction.atomic():
        closed = transfers.update(state=State.DELETING, reason=reason, closed_at=timezone.now())
        if closed:
            figures.count(**{_FIGURES[reason]: closed})
    return closed
