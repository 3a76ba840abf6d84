"""One pass of cleanup: close what is due, delete what is closed, forget old tombstones."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from transfers import lifecycle, limits
from transfers.models import Reason, State, Transfer
from transfers.stores.base import StoreUnavailable

log = logging.getLogger(__name__)


@dataclass
class Outcome:
    """Numbers of transfers: closed by reason, deleted for good, failed, forgotten."""

    closed: dict[str, int] = field(default_factory=dict)
    deleted: int = 0
    failed: int = 0
    forgotten: int = 0

    def sentence(self) -> str:
        closed = ", ".join(f"{count} {reason}" for reason, count in self.closed.items())
        return (
            f"closed: {closed}; deleted: {self.deleted}; failed: {self.failed}; "
            f"forgotten: {self.forgotten}"
        )


def preview() -> Outcome:
    """What a pass would do now, without doing it."""
    now = timezone.now()
    closed = {reason.value: due.count() for reason, due in _due(now).items()}
    waiting = Transfer.objects.filter(state=State.DELETING).count()
    return Outcome(closed, deleted=waiting + sum(closed.values()), forgotten=_forgettable().count())


def run() -> Outcome:
    """One pass. Safe to run twice at once; what fails stays `deleting` for the next one."""
    now = timezone.now()
    outcome = Outcome()
    for reason, due in _due(now).items():
        # One UPDATE each, so that a download that starts meanwhile is either seen or refused.
        outcome.closed[reason.value] = lifecycle.close(due, reason)
    for transfer in Transfer.objects.filter(state=State.DELETING).iterator(chunk_size=500):
        try:
            lifecycle.erase(transfer)
            outcome.deleted += 1
        except StoreUnavailable as exc:
            outcome.failed += 1
            log.warning("deletion failed", extra={"cause": str(exc)})
    outcome.forgotten = _forgettable().delete()[1].get("transfers.Transfer", 0)
    return outcome


def _due(now: datetime) -> dict[Reason, QuerySet]:
    abandoned_before = now - timedelta(seconds=settings.ABANDONED_AFTER_SECONDS)
    return {
        Reason.EXPIRED: Transfer.objects.expired(now),
        Reason.EXHAUSTED: Transfer.objects.exhausted(now),
        Reason.ABANDONED: Transfer.objects.abandoned(abandoned_before),
    }


def _forgettable() -> QuerySet:
    before = timezone.now() - timedelta(seconds=limits.GONE_SECONDS)
    return Transfer.objects.filter(state=State.DELETED, closed_at__lte=before)
