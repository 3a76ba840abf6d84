"""Hourly totals: transfers started and ended, bytes, refusals. They outlive the transfers."""

import os
from collections import Counter
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from transfers.models import HourlyFigure
from transfers.statistics.write_behind import WriteBehindCounter

SHARDS = 8
_ADD = (
    "INSERT INTO transfers_hourlyfigure (hour, name, shard, value) VALUES {rows} "
    "ON CONFLICT (name, hour, shard) "
    "DO UPDATE SET value = transfers_hourlyfigure.value + excluded.value"
)


def count(**amounts: int) -> None:
    """Add to the totals of this hour, in the transaction of what is counted.

    Call it last in that transaction: all transactions share these rows.
    """
    _add(_this_hour(), os.getpid() % SHARDS, amounts)


def note(name: str, amount: int = 1) -> None:
    """Add to a total that may be some seconds behind (WriteBehindCounter), such as refusals."""
    _lagging.add(name, amount)


def flush() -> None:
    """Write what `note` collected."""
    _lagging.flush()


def totals(since: datetime, until: datetime | None = None) -> dict[str, int]:
    """Sums by name over the hours that begin in [since, until)."""
    found = HourlyFigure.objects.filter(hour__gte=since)
    if until is not None:
        found = found.filter(hour__lt=until)
    return dict(found.values_list("name").order_by("name").annotate(total=Sum("value")))


def merge_shards(before: datetime) -> None:
    """Merge the shards of past hours into one row each, so that reading stays cheap."""
    crowded = HourlyFigure.objects.filter(hour__lt=before, shard__gt=0)
    for name, hour in set(crowded.values_list("name", "hour")):
        with transaction.atomic():
            rows = HourlyFigure.objects.select_for_update().filter(
                name=name, hour=hour, shard__gt=0
            )
            # Only the locked rows: a second pass that waited here finds none, and must not delete
            # the row into which the first one merged them.
            merged = {row.pk: row.value for row in rows}
            HourlyFigure.objects.filter(pk__in=merged).delete()
            if merged:
                _add(hour, 0, {name: sum(merged.values())})


def _add(hour: datetime, shard: int, amounts: dict[str, int]) -> None:
    adapted = connection.ops.adapt_datetimefield_value(hour)
    values = [(adapted, name, shard, amounts[name]) for name in sorted(amounts)]
    with connection.cursor() as cursor:
        cursor.execute(
            _ADD.format(rows=", ".join(["(%s, %s, %s, %s)"] * len(values))),
            [each for row in values for each in row],
        )


def _this_hour() -> datetime:
    return timezone.now().replace(minute=0, second=0, microsecond=0)


def fold_days(before: datetime) -> None:
    """Merge the hours of whole days before `before` into one row per name, at midnight."""
    last = before.replace(hour=0, minute=0, second=0, microsecond=0)
    hours = HourlyFigure.objects.filter(hour__lt=last).exclude(hour__hour=0)
    for day in list(hours.order_by().dates("hour", "day")):
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        with transaction.atomic():
            rows = HourlyFigure.objects.select_for_update().filter(
                hour__gte=midnight, hour__lt=midnight + timedelta(days=1)
            )
            sums: Counter[str] = Counter()
            for row in rows:
                sums[row.name] += row.value
            # As in `merge_shards`: not the rows that another pass made of them.
            HourlyFigure.objects.filter(pk__in=[row.pk for row in rows]).delete()
            HourlyFigure.objects.bulk_create(
                HourlyFigure(name=name, hour=midnight, value=value) for name, value in sums.items()
            )


def forget_before(moment: datetime) -> int:
    """Delete totals of hours before `moment`; returns the number of rows."""
    return HourlyFigure.objects.filter(hour__lt=moment).delete()[0]


def hours_ago(hours: int) -> datetime:
    """The start of the hour this many hours ago."""
    return _this_hour() - timedelta(hours=hours)


_lagging: WriteBehindCounter[str] = WriteBehindCounter(lambda sums: count(**sums))
