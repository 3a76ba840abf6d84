"""One round of looks at a site, and what is made of it."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sgraph_send.client.connection import CallFailed, Connection
from sgraph_send.uptime import browser, checks, textfile
from sgraph_send.uptime.certificate import certificate_ends_at
from sgraph_send.uptime.checks import Look
from sgraph_send.uptime.notifications import Judge, Webhook

log = logging.getLogger("sgraph_send.monitor")


@dataclass(frozen=True)
class Wish:
    """What to watch; `url` is an origin, the tokens may be empty."""

    url: str
    slow_after_seconds: float = 10
    failures_in_row: int = 2
    with_browser: bool = False
    metrics_file: Path | None = None
    access_token: str = ""
    metrics_token: str = ""


class Watch:
    """Goes on from round to round; `webhook` is told what turns bad and what is well again."""

    def __init__(self, wish: Wish, webhook: Webhook) -> None:
        self._wish = wish
        self._webhook = webhook
        self._connection = Connection(wish.url)
        self._judge = Judge(wish.url, wish.failures_in_row)
        self._certificate_ends_at: float | None = None

    def round(self) -> list[Look]:
        """All looks once: logged, judged, told, and written to the metrics file."""
        taken = [self._take(name, ask) for name, ask in self._asks()]
        for look in taken:
            steps = {step: round(took, 3) for step, took in look.steps.items()}
            extra = {"look": look.name, "seconds": round(look.seconds, 3), "steps": steps}
            if look.is_well:
                log.info("well", extra=extra)
            else:
                log.error("failing", extra={**extra, "what": look.sentence})
        self._webhook.tell(self._judge.news(taken, time.monotonic()))
        if path := self._wish.metrics_file:
            ends_at = self._certificate_ends_at
            textfile.write(path, self._wish.url, taken, self._judge, ends_at)
        return taken

    def _take(self, name: str, ask: Callable) -> Look:
        # A browser starts in seconds on a small machine, and has limits of its own.
        slow_after = float("inf") if name == "browser" else self._wish.slow_after_seconds
        return checks.take(name, ask, slow_after)

    def _asks(self) -> list[tuple[str, Callable]]:
        wish, connection = self._wish, self._connection
        asks: list[tuple[str, Callable]] = [
            ("health", lambda: checks.health(connection)),
            ("ready", lambda: checks.ready(connection, wish.metrics_token)),
            ("transfer", lambda: checks.transfer(connection, wish.access_token)),
        ]
        if wish.url.startswith("https://"):
            asks.append(("certificate", self._look_at_certificate))
        if wish.with_browser:
            asks.append(("browser", lambda: browser.pages(connection, wish.access_token)))
        return asks

    def _look_at_certificate(self) -> None:
        try:
            self._certificate_ends_at = certificate_ends_at(self._wish.url)
        except CallFailed:
            self._certificate_ends_at = None
            raise
        if self._certificate_ends_at is not None:
            checks.certificate(self._certificate_ends_at)
