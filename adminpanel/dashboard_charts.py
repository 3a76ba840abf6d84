"""Hourly statistics as series over a span, for charts and for the tables behind them."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from transfers.amounts import bytes_text
from transfers.models import HourlyFigure
from transfers.statistics import costs

Amounts = Counter[str]


@dataclass(frozen=True)
class Span:
    """How far back a chart goes, and how many hours one of its points covers."""

    key: str
    label: str
    hours: int
    step_hours: int

    @property
    def step_label(self) -> str:
        return {1: "hour", 24: "day"}.get(self.step_hours, f"{self.step_hours} hours")


SPANS = {
    span.key: span
    for span in (
        Span("24h", "24 h", 24, 1),
        Span("7d", "7 d", 7 * 24, 6),
        Span("30d", "30 d", 30 * 24, 24),
        Span("90d", "90 d", 90 * 24, 24),
    )
}
DEFAULT_SPAN = "24h"

# A chart: what it is called, what it counts, and its series by hourly total.
CHARTS = (
    (
        "Transfers",
        "count",
        {
            "transfers_created": "begun",
            "transfers_completed": "completed",
            "ended": "ended",
            "transfers_failed": "given up",
        },
    ),
    ("Downloads", "count", {"downloads": "started", "downloads_finished": "finished"}),
    ("Bytes", "bytes", {"bytes_created": "in", "bytes_out": None, "bytes_erased": "erased"}),
    (
        "Refusals",
        "count",
        {
            "refused_limit": "rate limits",
            "refused_guess": "too many guesses",
            "refused_token": "access tokens",
            "refused_proof": "keys and passphrases",
        },
    ),
    ("Visits", "count", {"visits": "pages opened"}),
)


def points_of(span: Span) -> dict[datetime, Amounts]:
    """Amounts by name for each point of the span, empty ones included; the current one is last."""
    step = timedelta(hours=span.step_hours)
    last = _floor(timezone.now(), step)
    first = last - (span.hours // span.step_hours - 1) * step
    points: dict[datetime, Amounts] = {
        first + i * step: Counter() for i in range(span.hours // span.step_hours)
    }
    rows = (
        HourlyFigure.objects.filter(hour__gte=first)
        .order_by()
        .values_list("hour", "name")
        .annotate(total=Sum("value"))
    )
    for hour, name, total in rows:
        points.setdefault(_floor(hour, step), Counter())[name] += total
    return {moment: _with_sums(amounts) for moment, amounts in sorted(points.items())}


def total_of(points: dict[datetime, Amounts]) -> Amounts:
    """The sum of all points."""
    total: Amounts = Counter()
    for amounts in points.values():
        total.update(amounts)
    return total


def charts_of(span: Span, points: dict[datetime, Amounts]) -> list[dict[str, object]]:
    """For each chart its data for JSON, and its table as text."""
    return [
        {
            "title": title,
            "id": f"chart-{title.lower()}",
            "data": {
                "id": f"chart-{title.lower()}",
                "unit": unit,
                "times": [int(moment.timestamp()) for moment in points],
                "series": [
                    {
                        "label": label or bytes_out_label(),
                        "values": [amounts[name] for amounts in points.values()],
                    }
                    for name, label in series.items()
                ],
            },
            "headings": [label or bytes_out_label() for label in series.values()],
            "rows": [
                (_time_text(moment, span), [_text(amounts[name], unit) for name in series])
                for moment, amounts in reversed(points.items())
            ],
        }
        for title, unit, series in CHARTS
    ]


def bytes_out_label() -> str:
    """What `costs.bytes_out` counts here: of downloads from a bucket only the start is known."""
    return "out, by downloads begun" if settings.STORE == "s3" else "sent by this server"


def _with_sums(amounts: Amounts) -> Amounts:
    endings = ("expired", "exhausted", "deleted", "taken_down")
    amounts["ended"] = sum(amounts[f"transfers_{how}"] for how in endings)
    amounts["downloads"] = amounts["downloads_started"] + amounts["raw_downloads"]
    amounts["bytes_out"] = costs.bytes_out(amounts)
    return amounts


def _floor(moment: datetime, step: timedelta) -> datetime:
    """The beginning of its step, counted from midnight UTC."""
    midnight = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (moment - midnight) // step * step


def _time_text(moment: datetime, span: Span) -> str:
    return f"{moment:%d %b}" if span.step_hours == 24 else f"{moment:%d %b, %H:%M}"


def _text(amount: int, unit: str) -> str:
    return bytes_text(amount) if unit == "bytes" else f"{amount:,}"
