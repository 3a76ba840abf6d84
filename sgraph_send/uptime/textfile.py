"""The results of the last round as a file for node_exporter's textfile collector."""

import time
from collections.abc import Iterable
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from sgraph_send.uptime.checks import CheckResult
from sgraph_send.uptime.notifications import FailureTracker

PREFIX = "sgraph_send_monitor"


def write(
    path: Path,
    site: str,
    results: Iterable[CheckResult],
    tracker: FailureTracker,
    certificate_ends_at: float | None,
) -> None:
    """Replaces the file in one step, so that no reader sees half of it."""
    registry = CollectorRegistry()

    def gauge(name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"{PREFIX}_{name}", text, ["site", *labels], registry=registry)

    up = gauge("up", "Whether this check passed.", "look")
    seconds = gauge("seconds", "How long this check took.", "look")
    failures = gauge("failures_in_row", "How often this check failed in a row.", "look")
    steps = gauge("step_seconds", "How long each step of the transfer took.", "step")
    for result in results:
        up.labels(site, result.name).set(result.has_passed)
        seconds.labels(site, result.name).set(result.seconds)
        failures.labels(site, result.name).set(tracker.failures(result.name))
        for step, took in result.steps.items():
            steps.labels(site, step).set(took)
    gauge("last_round_timestamp_seconds", "When this was, Unix time.").labels(site).set(time.time())
    if certificate_ends_at is not None:
        name, text = "certificate_expiry_timestamp_seconds", "When the certificate ends, Unix time."
        gauge(name, text).labels(site).set(certificate_ends_at)
    write_to_textfile(str(path), registry)
