"""What Prometheus reads of this process, or of all processes of one server (docs/operations.md).

Labels are route patterns, codes, verbs and rules: never a path, an address or an id.
"""

import os
from functools import cache
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
PREFIX = "sgraph_send_"
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
REQUEST_BUCKETS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
STORE_BUCKETS_SECONDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
PROOF_FAILURES = {"proof_wrong", "link_proof_wrong"}


class _Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = self._counter(
            "requests", "Requests answered, by route pattern.", "route", "method", "status"
        )
        self.request_seconds = self._histogram(
            "request_seconds",
            "From head to answer.",
            REQUEST_BUCKETS_SECONDS,
            "route",
        )
        self.refusals = self._counter("refusals", "Errors answered, by their code.", "code")
        self.throttled = self._counter("throttled", "Calls beyond a rate rule.", "rule")
        self.proof_failures = self._counter("proof_failures", "Wrong keys and passphrases.")
        self.leases = self._counter("leases", "Downloads begun.")
        self.store_seconds = self._histogram(
            "store_seconds", "Calls of the object store.", STORE_BUCKETS_SECONDS, "verb"
        )
        self.store_errors = self._counter(
            "store_errors", "Calls that the store did not answer or refused.", "verb"
        )
        self.limiter_failures = self._counter(
            "limiter_failures", "Calls counted by one process, the shared counters being away."
        )
        self.unhandled_errors = self._counter("unhandled_errors", "Errors that nobody foresaw.")

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"{PREFIX}{name}", text, labels, registry=self.registry)

    def _histogram(
        self, name: str, text: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        return Histogram(f"{PREFIX}{name}", text, labels, buckets=buckets, registry=self.registry)


@cache
def _metrics() -> _Metrics:
    """Made at the first use, so that `share` can still say where the values lie."""
    return _Metrics()


@cache
def _request_count(route: str, method: str, status: int) -> Counter:
    known = method if method in METHODS else "other"
    return _metrics().requests.labels(route, known, str(status))


@cache
def _request_seconds(route: str) -> Histogram:
    return _metrics().request_seconds.labels(route)


@cache
def _store_seconds(verb: str) -> Histogram:
    return _metrics().store_seconds.labels(verb)


def share(folder: Path) -> None:
    """Keep values in files in `folder` (made, and emptied), which every child of this process
    joins: the sum is right whichever process is asked, and when one of them dies."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("*.db"):
        left.unlink()
    os.environ[SHARED_FOLDER] = str(folder)
    values.ValueClass = values.get_value_class()
    for made in (_metrics, _request_count, _request_seconds, _store_seconds):
        made.cache_clear()


def forget_process(pid: int) -> None:
    """A process has ended: what it counted stays, what it alone knew goes."""
    if SHARED_FOLDER in os.environ:
        mark_process_dead(pid)


def exposition(also: Collector) -> bytes:
    """Everything in Prometheus' text format, and what `also` collects."""
    shared = os.environ.get(SHARED_FOLDER)
    if not shared:
        return generate_latest(_metrics().registry) + _text_of(also)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=shared)
    return generate_latest(registry) + _text_of(also)


def _text_of(collector: Collector) -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    return generate_latest(registry)


def request_answered(route: str, method: str, status: int, seconds: float) -> None:
    _request_count(route, method, status).inc()
    _request_seconds(route).observe(seconds)


def refused(code: str) -> None:
    _metrics().refusals.labels(code).inc()
    if code in PROOF_FAILURES:
        _metrics().proof_failures.inc()


def throttled(rule: str) -> None:
    _metrics().throttled.labels(rule).inc()


def lease_taken() -> None:
    _metrics().leases.inc()


def limiter_failed() -> None:
    _metrics().limiter_failures.inc()


def error_unhandled() -> None:
    _metrics().unhandled_errors.inc()


def store_called(verb: str, seconds: float, failed: bool) -> None:
    _store_seconds(verb).observe(seconds)
    if failed:
        _metrics().store_errors.labels(verb).inc()
