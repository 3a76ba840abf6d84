"""Rounds of checks: each result is logged, counted, sent to the webhook and written as a metric."""

import logging
import time
from dataclasses import dataclass
from pathlib import Path

from sgraph_send.client.connection import CallFailed, Connection
from sgraph_send.uptime import browser, checks, textfile
from sgraph_send.uptime.certificate import certificate_ends_at
from sgraph_send.uptime.checks import Check, CheckResult
from sgraph_send.uptime.notifications import FailureTracker, Webhook

log = logging.getLogger("sgraph_send.monitor")


@dataclass(frozen=True)
class MonitorOptions:
    """The site and how to judge it; `url` is an origin, the tokens may be empty."""

    url: str
    slow_after_seconds: float = 10
    failures_in_row: int = 2
    with_browser: bool = False
    metrics_file: Path | None = None
    access_token: str = ""
    metrics_token: str = ""


class Monitor:
    """Keeps state from round to round; `webhook` gets a message for each failure and recovery."""

    def __init__(self, options: MonitorOptions, webhook: Webhook) -> None:
        self._options = options
        self._webhook = webhook
        self._connection = Connection(options.url)
        self._tracker = FailureTracker(options.url, options.failures_in_row)
        self._certificate_ends_at: float | None = None

    def run_round(self) -> list[CheckResult]:
        """Every check once; returns the results."""
        results = [self._run(name, check) for name, check in self._checks()]
        for result in results:
            steps = {step: round(took, 3) for step, took in result.steps.items()}
            extra = {"look": result.name, "seconds": round(result.seconds, 3), "steps": steps}
            if result.has_passed:
                log.info("well", extra=extra)
            else:
                log.error("failing", extra={**extra, "what": result.message})
        self._webhook.send(self._tracker.notifications(results, time.monotonic()))
        if path := self._options.metrics_file:
            ends_at = self._certificate_ends_at
            textfile.write(path, self._options.url, results, self._tracker, ends_at)
        return results

    def _run(self, name: str, check: Check) -> CheckResult:
        # A browser takes seconds to start on a small machine, and has timeouts of its own.
        slow_after = float("inf") if name == "browser" else self._options.slow_after_seconds
        return checks.run(name, check, slow_after)

    def _checks(self) -> list[tuple[str, Check]]:
        options, connection = self._options, self._connection
        checks_to_run: list[tuple[str, Check]] = [
            ("health", lambda: checks.health(connection)),
            ("ready", lambda: checks.ready(connection, options.metrics_token)),
            ("transfer", lambda: checks.transfer(connection, options.access_token)),
        ]
        if options.url.startswith("https://"):
            checks_to_run.append(("certificate", self._check_certificate))
        if options.with_browser:
            checks_to_run.append(
                ("browser", lambda: browser.check_pages(connection, options.access_token))
            )
        return checks_to_run

    def _check_certificate(self) -> None:
        try:
            self._certificate_ends_at = certificate_ends_at(self._options.url)
        except CallFailed:
            self._certificate_ends_at = None
            raise
        if self._certificate_ends_at is not None:
            checks.certificate(self._certificate_ends_at)
