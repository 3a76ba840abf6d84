"""Totals by hour: transfers begun and ended, bytes, refusals. They outlive what they counted."""

import atexit
import logging
import os
import threading
import time
from collections import Counter
from datetime import datetime, timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import Sum
from django.utils import timezone

from transfers.models import HourlyFigure

log = logging.getLogger(__name__)
SHARDS = 8
FLUSH_EVERY_SECONDS = 5
_ADD = (
    "INSERT INTO transfers_hourlyfigure (hour, name, shard, value) VALUES {rows} "
    "ON CONFLICT (name, hour, shard) "
    "DO UPDATE SET value = transfers_hourlyfigure.value + excluded.value"
)

_noted: Counter[str] = Counter()
_lock = threading.Lock()
_flushed_at = time.monotonic()


def count(**amounts: int) -> None:
    """Add to figures of this hour, in the transaction of what is counted: both happen, or neither.

    Call it last in that transaction: its rows are shared by all.
    """
    hour = connection.ops.adapt_datetimefield_value(_this_hour())
    values = [(hour, name, os.getpid() % SHARDS, amounts[name]) for name in sorted(amounts)]
    with connection.cursor() as cursor:
        cursor.execute(
            _ADD.format(rows=", ".join(["(%s, %s, %s, %s)"] * len(values))),
            [each for row in values for each in row],
        )


def note(name: str, amount: int = 1) -> None:
    """Add to a figure that may lag: kept in memory, written at most every few seconds.

    For what a stranger can cause at will, refusals above all: it must not cost a write each time.
    """
    with _lock:
        _noted[name] += amount
        is_due = time.monotonic() - _flushed_at >= FLUSH_EVERY_SECONDS
    if is_due:
        flush()


def flush() -> None:
    """Write what was noted. When the database fails, it is kept for the next time."""
    global _flushed_at
    with _lock:
        due = dict(_noted)
        _noted.clear()
        _flushed_at = time.monotonic()
    if not due:
        return
    try:
        with transaction.atomic():
            count(**due)
    except DatabaseError as exc:
        with _lock:
            _noted.update(due)
        log.warning("figures wait for the database", extra={"error": type(exc).__name__})


def totals(since: datetime, until: datetime | None = None) -> dict[str, int]:
    """Sums by name over the hours that begin in [since, until)."""
    found = HourlyFigure.objects.filter(hour__gte=since)
    if until is not None:
        found = found.filter(hour__lt=until)
    return dict(found.values_list("name").order_by("name").annotate(total=Sum("value")))


def merge_shards(before: datetime) -> None:
    """Fold the shards of hours that are over into one row each, so that reading stays cheap."""
    crowded = HourlyFigure.objects.filter(hour__lt=before, shard__gt=0)
    for name, hour in set(crowded.values_list("name", "hour")):
        with transaction.atomic():
            rows = HourlyFigure.objects.select_for_update().filter(name=name, hour=hour)
            value = sum(row.value for row in rows)
            rows.delete()
            HourlyFigure.objects.create(name=name, hour=hour, shard=0, value=value)


def _this_hour() -> datetime:
    return timezone.now().replace(minute=0, second=0, microsecond=0)


def forget_before(moment: datetime) -> int:
    """Delete figures of hours before `moment`; how many rows."""
    return HourlyFigure.objects.filter(hour__lt=moment).delete()[0]


def hours_ago(hours: int) -> datetime:
    """The beginning of the hour that lies this many hours back."""
    return _this_hour() - timedelta(hours=hours)


atexit.register(flush)
