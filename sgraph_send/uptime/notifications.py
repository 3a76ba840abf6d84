"""Notifications of checks that failed several times in a row, and of their recovery."""

import json
import logging
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from sgraph_send.uptime.checks import CheckResult

log = logging.getLogger("sgraph_send.monitor")
WEBHOOK_SECONDS = 15
UNSENT_MAX = 50


@dataclass
class _Streak:
    failures: int = 0
    first_failed_at: float = 0
    is_notified: bool = False


class FailureTracker:
    """Counts how often each check failed in a row."""

    def __init__(self, site: str, failures_in_row: int) -> None:
        self._site = site
        self._failures_in_row = failures_in_row
        self._streaks: dict[str, _Streak] = {}

    def failures(self, name: str) -> int:
        """How often this check has failed in a row until now."""
        return self._streaks.get(name, _Streak()).failures

    def notifications(self, results: Iterable[CheckResult], now: float) -> list[str]:
        """A sentence for each check that failed often enough or recovered; `now` in seconds, of any
        clock that does not jump."""
        return [text for result in results if (text := self._notification(result, now))]

    def _notification(self, result: CheckResult, now: float) -> str:
        streak = self._streaks.setdefault(result.name, _Streak())
        if result.has_passed:
            was_notified, lasted = streak.is_notified, now - streak.first_failed_at
            self._streaks[result.name] = _Streak()
            return self._recovered(result, lasted) if was_notified else ""
        if not streak.failures:
            streak.first_failed_at = now
        streak.failures += 1
        if streak.is_notified or streak.failures < self._failures_in_row:
            return ""
        streak.is_notified = True
        return f"FAILING {self._site}, {result.name}: {result.message} ({result.seconds:.2f} s)"

    def _recovered(self, result: CheckResult, lasted_seconds: float) -> str:
        minutes = lasted_seconds / 60
        return (
            f"RECOVERED {self._site}, {result.name}: well again after {minutes:.0f} min, "
            f"answered in {result.seconds:.2f} s."
        )


class Webhook:
    """Posts messages in Slack's form, {"text": …}; what could not be sent is sent the next time."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._unsent: deque[str] = deque(maxlen=UNSENT_MAX)

    def send(self, messages: Iterable[str]) -> bool:
        """Send these and all that are still unsent; returns whether all were taken."""
        self._unsent.extend(messages)
        while self._url and self._unsent:
            if not self._post(self._unsent[0]):
                return False
            self._unsent.popleft()
        return True

    def _post(self, text: str) -> bool:
        body = json.dumps({"text": text}).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self._url, body, headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=WEBHOOK_SECONDS):  # noqa: S310
                return True
        except (OSError, ValueError) as failure:
            # The webhook's address is a secret too.
            log.error("the webhook did not take a message", extra={"error": type(failure).__name__})
            return False
