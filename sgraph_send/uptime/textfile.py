"""The last round as a file for node_exporter's textfile collector."""

import time
from collections.abc import Iterable
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from sgraph_send.uptime.checks import Look
from sgraph_send.uptime.notifications import Judge

PREFIX = "sgraph_send_monitor"


def write(
    path: Path, site: str, looks: Iterable[Look], judge: Judge, certificate_ends_at: float | None
) -> None:
    """Replaces the file at once, so that no reader meets half of it."""
    registry = CollectorRegistry()

    def gauge(name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"{PREFIX}_{name}", text, ["site", *labels], registry=registry)

    up = gauge("up", "Whether this look was well.", "look")
    seconds = gauge("seconds", "How long this look took.", "look")
    failures = gauge("failures_in_row", "How often this look failed in a row.", "look")
    steps = gauge("step_seconds", "How long each step of the transfer took.", "step")
    for look in looks:
        up.labels(site, look.name).set(look.is_well)
        seconds.labels(site, look.name).set(look.seconds)
        failures.labels(site, look.name).set(judge.failures(look.name))
        for step, took in look.steps.items():
            steps.labels(site, step).set(took)
    gauge("last_round_timestamp_seconds", "When this was, Unix time.").labels(site).set(time.time())
    if certificate_ends_at is not None:
        name, text = "certificate_expiry_timestamp_seconds", "When the certificate ends, Unix time."
        gauge(name, text).labels(site).set(certificate_ends_at)
    write_to_textfile(str(path), registry)
