"""What is true right now, measured by each pass of cleanup so that no request has to count rows."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min, Q, Sum
from django.utils import timezone

from transfers.access import token_use
from transfers.lifecycle.closing import UNFINISHED
from transfers.models import AbuseReport, Gauge, State, Transfer
from transfers.statistics import costs, hourly, visits

STUCK_AFTER = timedelta(hours=1)
# The dashboard shows a week by hours; what is older, by days.
HOURS_KEPT = timedelta(days=8)
TOTALS_KEPT = timedelta(days=400)


def write(**values: float) -> None:
    """Gauges by name, all of this moment."""
    now = timezone.now()
    Gauge.objects.bulk_create(
        [Gauge(name=name, value=value, measured_at=now) for name, value in values.items()],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["value", "measured_at"],
    )


def read() -> dict[str, float]:
    """The last value of every gauge there is."""
    return dict(Gauge.objects.values_list("name", "value"))


def measure(cleanup_seconds: float) -> None:
    """Write the gauges of transfers, reports, cost and of the pass of cleanup that just ended.

    Tidies the hourly figures as well: shards of past hours are merged, hours of past weeks become
    days, and what is older than TOTALS_KEPT goes. So do uses of tokens and visits.
    """
    now = timezone.now()
    hourly.flush()
    hourly.merge_shards(hourly.hours_ago(0))
    hourly.fold_days(now - HOURS_KEPT)
    hourly.forget_before(now - TOTALS_KEPT)
    token_use.forget_before((now - TOTALS_KEPT).date())
    visits.forget_before((now - TOTALS_KEPT).date())
    measured = {
        **_transfers(now),
        "deletion_lag_seconds": _deletion_lag_seconds(now),
        "reports_open": AbuseReport.objects.filter(state=AbuseReport.State.OPEN).count(),
    }
    measured["estimated_monthly_dollars"] = costs.estimate(measured["bytes_stored"]).total
    write(**measured, cleanup_seconds=cleanup_seconds, cleanup_last_success=now.timestamp())


def _transfers(now: datetime) -> dict[str, float]:
    completed = Transfer.objects.filter(state=State.COMPLETED).aggregate(
        count=Count("pk"), size=Sum("payload_bytes")
    )
    # Worded as the index of these rows is, or the database would read all transfers.
    under_way = Transfer.objects.exclude(state__in=[State.COMPLETED, State.DELETED])
    is_stuck = Q(state=State.DELETING, closed_at__lte=now - STUCK_AFTER) | Q(
        state__in=UNFINISHED, touched_at__lte=now - STUCK_AFTER
    )
    by_state = {
        row["state"]: row
        for row in under_way.order_by()
        .values("state")
        .annotate(
            count=Count("pk"),
            stuck=Count("pk", filter=is_stuck),
            size=Sum("payload_bytes", filter=Q(completed_at__isnull=False)),
        )
    }
    rows = by_state.values()
    return {
        **{
            f"transfers_{state.value}": by_state.get(state, {"count": 0})["count"]
            for state in (*UNFINISHED, State.DELETING)
        },
        "transfers_completed": completed["count"],
        "transfers_stuck": sum(row["stuck"] for row in rows),
        "bytes_stored": (completed["size"] or 0) + sum(row["size"] or 0 for row in rows),
    }


def _deletion_lag_seconds(now: datetime) -> float:
    """For how long the oldest has been there that should be gone; 0 when all are."""
    abandoned_after = timedelta(seconds=settings.ABANDONED_AFTER_SECONDS)
    closed = Transfer.objects.filter(state=State.DELETING).aggregate(at=Min("closed_at"))["at"]
    expired = Transfer.objects.expired(now).aggregate(at=Min("expires_at"))["at"]
    abandoned = Transfer.objects.abandoned(now, abandoned_after)
    touched = abandoned.aggregate(at=Min("touched_at"))["at"]
    due = [moment for moment in (closed, expired) if moment]
    if touched:
        due.append(touched + abandoned_after)
    return max(0.0, (now - min(due)).total_seconds()) if due else 0.0
