"""The conditions on the dashboard: what works, what is late, and what can not be known here."""

import math
import time
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection

from transfers.maintenance import probes
from transfers.statistics import hourly

LATE_PASSES = 5
LATE_SECONDS_MIN = 300


@dataclass(frozen=True)
class Condition:
    """`state` is good, bad or unknown; `word` says the same without colour."""

    name: str
    state: str
    word: str
    sentence: str


def conditions(gauges: dict[str, float], now: datetime) -> list[Condition]:
    """Of database, store, cache, cleanup and alerting."""
    is_up = probes.found().is_up
    return [
        _database(),
        _reachability("Store", is_up["store"], f"Ciphertext lies in: {settings.STORE}."),
        _reachability("Cache", is_up["cache"], _counter_location()),
        _cleanup(gauges, now),
        _alerting(),
    ]


def ago_text(seconds: float) -> str:
    """`40 s`, `12 min`, `5 h`, `3 d`."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{math.floor(seconds / size)} {unit}"
    return f"{max(0, math.floor(seconds))} s"


def _database() -> Condition:
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    ms = (time.perf_counter() - began) * 1000
    return Condition("Database", "good", "answers", f"{connection.display_name}, in {ms:.1f} ms.")


def _reachability(name: str, is_up: bool, where: str) -> Condition:
    if is_up:
        return Condition(name, "good", "answers", where)
    return Condition(name, "bad", "away", f"{where} It does not answer.")


def _counter_location() -> str:
    if settings.REDIS_URL:
        return "Rate limits are counted in Redis."
    return "Rate limits are counted in the process; there is nothing to ask."


def _cleanup(gauges: dict[str, float], now: datetime) -> Condition:
    last = gauges.get("cleanup_last_success")
    if last is None:
        return Condition("Cleanup", "bad", "never ran", "It runs beside `manage.py serve`.")
    seconds = now.timestamp() - last
    late = max(LATE_SECONDS_MIN, LATE_PASSES * settings.CLEANUP_EVERY_SECONDS)
    said = f"Last pass {ago_text(seconds)} ago, {gauges.get('cleanup_seconds', 0):.1f} s long."
    if seconds > late:
        return Condition("Cleanup", "bad", "late", f"{said} What is shown as now is as old.")
    return Condition("Cleanup", "good", "runs", said)


def _alerting() -> Condition:
    """Only whether metrics are read is known here, not whether alerts arrive."""
    reads = hourly.totals(hourly.hours_ago(1)).get("metrics_reads", 0)
    if reads:
        said = "Metrics were read within two hours. Whether alerts arrive, only a test shows."
        return Condition("Alerting", "good", "metrics are read", said)
    said = "Nobody has read /metrics for an hour or more, so no alert of it can fire."
    return Condition("Alerting", "unknown", "not known", said)
