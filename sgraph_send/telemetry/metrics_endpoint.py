"""`/metrics` for Prometheus: what processes counted, what cleanup measured, what answers now.

To everybody but the operator's own machines there is nothing at this address.
"""

from collections.abc import Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector

from sgraph_send import __version__
from sgraph_send.telemetry.trusted_callers import is_operator
from transfers.maintenance import probes
from transfers.statistics import costs, hourly, metrics

STATES = ("pending", "completing", "completed", "deleting")

# Of a row that cleanup writes: what Prometheus calls it, and what it is.
GAUGES = {
    "transfers_stuck": (
        "stuck_transfers",
        "Untouched for an hour in a state that should pass.",
    ),
    "bytes_stored": ("stored_bytes", "Bytes of ciphertext that are kept."),
    "reports_open": ("reports_open", "Reports that wait for a decision."),
    "deletion_lag_seconds": ("deletion_lag_seconds", "For how long the oldest should be gone."),
    "cleanup_last_success": (
        "cleanup_last_success_timestamp_seconds",
        "When a pass of cleanup last succeeded, Unix time.",
    ),
    "cleanup_seconds": ("cleanup_seconds", "Length of the last pass of cleanup."),
    "orphan_objects": ("orphan_objects", "Objects without a transfer, by the last reconciliation."),
    "missing_objects": ("missing_objects", "Transfers without their object, likewise."),
    "reconciled_at": ("reconciled_timestamp_seconds", "When that was, Unix time."),
    "estimated_monthly_dollars": ("estimated_monthly_dollars", "What the month will cost."),
}


class Site(Collector):
    """What is true of the site rather than of one process."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        found = probes.found()
        for part, is_up in found.is_up.items():
            yield _gauge(f"{part}_up", f"Whether the {part} answers.", is_up)
        by_state = _gauge("transfers", "Transfers by state.", labels=["state"])
        for state in STATES:
            if (value := found.gauges.get(f"transfers_{state}")) is not None:
                by_state.add_metric([state], value)
        yield by_state
        for row, (name, text) in GAUGES.items():
            if (value := found.gauges.get(row)) is not None:
                yield _gauge(name, text, value)
        lines = _gauge(
            "cost_threshold_dollars",
            "Dollars a month above which an alert is sent.",
            labels=["threshold", "severity"],
        )
        for dollars, severity in costs.thresholds():
            lines.add_metric([f"{dollars:.15g}", severity], dollars)
        yield lines
        build = _gauge("build_info", "What runs here.", labels=["version", "environment"])
        build.add_metric([__version__, settings.ENVIRONMENT], 1)
        yield build


@require_safe
def show_metrics(request: HttpRequest) -> HttpResponse:
    """Raises Http404 for callers without the token and from other addresses."""
    if not is_operator(request):
        raise Http404
    text = metrics.exposition(Site())
    if probes.found().is_up["database"]:  # its pool would make the reader wait
        hourly.note("metrics_reads")
    return HttpResponse(
        text, content_type=CONTENT_TYPE_PLAIN_0_0_4, headers={"Cache-Control": "no-store"}
    )


def _gauge(
    name: str, text: str, value: float | None = None, labels: list[str] | None = None
) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{metrics.PREFIX}{name}", text, value=value, labels=labels)
