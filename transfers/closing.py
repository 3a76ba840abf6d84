"""The step from open to `deleting`: one conditional UPDATE, and what an access token gets back."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from transfers import access_tokens
from transfers.models import Reason, State, Transfer, TransferQuerySet

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


def _update(transfers: TransferQuerySet, reason: Reason) -> int:
    return transfers.update(state=State.DELETING, reason=reason, closed_at=timezone.now())
