"""One pass of cleanup: close what is due, delete what is closed, forget old tombstones, keys and
sign-ins."""

import logging
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from transfers import limits
from transfers.access import address_hashes
from transfers.lifecycle.closing import close
from transfers.lifecycle.deletion import erase
from transfers.maintenance import gauges
from transfers.models import Reason, State, Transfer, TransferQuerySet

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
    began, now = time.monotonic(), timezone.now()
    address_hashes.destroy_old_keys(now)
    outcome = Outcome()
    for reason, due in _due(now).items():
        outcome.closed[reason.value] = close(due, reason)
    for transfer_id in _being_deleted():
        try:
            outcome.deleted += erase(Transfer.objects.get(pk=transfer_id))
        except Exception as exc:
            # Whatever is wrong with one of them must not keep the others.
            outcome.failed += 1
            log.warning("deletion failed", extra={"error": type(exc).__name__})
    outcome.forgotten = _forgettable().delete()[1].get("transfers.Transfer", 0)
    SessionStore.clear_expired()
    gauges.measure(cleanup_seconds=time.monotonic() - began)
    return outcome


def _being_deleted() -> list[str]:
    """Their ids, the oldest first; a list, so that no cursor stays open while rows are written."""
    waiting = Transfer.objects.filter(state=State.DELETING).order_by("closed_at")
    return list(waiting.values_list("pk", flat=True))


def _due(now: datetime) -> dict[Reason, TransferQuerySet]:
    abandoned_after = timedelta(seconds=settings.ABANDONED_AFTER_SECONDS)
    return {
        Reason.EXPIRED: Transfer.objects.expired(now),
        Reason.EXHAUSTED: Transfer.objects.exhausted(now),
        Reason.ABANDONED: Transfer.objects.abandoned(now, abandoned_after),
    }


def _forgettable() -> TransferQuerySet:
    before = timezone.now() - timedelta(seconds=limits.GONE_SECONDS)
    return Transfer.objects.filter(state=State.DELETED, closed_at__lte=before)
