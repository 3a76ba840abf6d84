"""Reports of misuse, and what an operator does about them."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from transfers import errors
from transfers.lifecycle.closing import close
from transfers.lifecycle.deletion import erase_now
from transfers.models import AbuseReport, BlockedPayload, Reason, State, Transfer
from transfers.statistics import hourly

OPEN_REPORTS_MAX = 20
_FORGOTTEN = {"disclosed_key": "", "contact": ""}  # of no use to a report that is closed


def report(transfer: Transfer, **said: str) -> bool:
    """File a report (members of AbuseReport); False when enough are open of this transfer.

    Raises NotFound when the transfer's row is gone.
    """
    with transaction.atomic():
        # Reports of one transfer are counted and filed one after another.
        rows = Transfer.objects.select_for_update(no_key=True).filter(pk=transfer.pk)
        if rows.values_list("pk").first() is None:
            raise errors.transfer_not_found()
        if _open_reports(transfer.pk).count() >= OPEN_REPORTS_MAX:
            return False
        AbuseReport.objects.create(transfer_id=transfer.pk, **said)
        hourly.count(reports_filed=1)
    return True


def take_down(
    transfer: Transfer, operator: User | None, notice: str = "", *, block: bool = False
) -> State:
    """End a transfer for everyone at once and close its reports; the state that it reached.

    `notice` is shown to later visitors. With `block` no transfer may hold the same bytes again.
    Where the store fails the row stays `deleting` for the next cleanup.
    """
    taken = Transfer.objects.filter(pk=transfer.pk)

    def set_notice_and_block() -> None:
        taken.update(notice=notice)
        if block and transfer.state == State.COMPLETED:
            BlockedPayload.objects.create(
                payload_bytes=transfer.stored_bytes, transfer_id=transfer.pk, blocked_by=operator
            )

    with transaction.atomic():
        _open_reports(transfer.pk).update(
            state=AbuseReport.State.TAKEN_DOWN,
            closed_at=timezone.now(),
            closed_by=operator,
            **_FORGOTTEN,
        )
        close(taken, Reason.TAKEN_DOWN, set_notice_and_block)
    return erase_now(transfer)


def dismiss(reports: QuerySet[AbuseReport], operator: User | None) -> int:
    """Close open reports of a set without an effect on their transfers; how many."""
    return reports.filter(state=AbuseReport.State.OPEN).update(
        state=AbuseReport.State.DISMISSED,
        closed_at=timezone.now(),
        closed_by=operator,
        **_FORGOTTEN,
    )


def _open_reports(transfer_id: str) -> QuerySet[AbuseReport]:
    return AbuseReport.objects.filter(transfer_id=transfer_id, state=AbuseReport.State.OPEN)
