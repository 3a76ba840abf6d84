"""What is worth a message: a look that failed so many times in a row, and its recovery."""

import json
import logging
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from sgraph_send.uptime.checks import Look

log = logging.getLogger("sgraph_send.monitor")
WEBHOOK_SECONDS = 15
UNSENT_MAX = 50


@dataclass
class _Streak:
    failures: int = 0
    first_failed_at: float = 0
    is_told: bool = False


class Judge:
    """Remembers how often each look failed in a row."""

    def __init__(self, site: str, failures_in_row: int) -> None:
        self._site = site
        self._failures_in_row = failures_in_row
        self._streaks: dict[str, _Streak] = {}

    def failures(self, name: str) -> int:
        """How often this look has failed in a row until now."""
        return self._streaks.get(name, _Streak()).failures

    def news(self, looks: Iterable[Look], now: float) -> list[str]:
        """A sentence for each look that turned bad or well again; `now` in seconds, any clock."""
        return [text for look in looks if (text := self._turn(look, now))]

    def _turn(self, look: Look, now: float) -> str:
        streak = self._streaks.setdefault(look.name, _Streak())
        if look.is_well:
            was_told, lasted = streak.is_told, now - streak.first_failed_at
            self._streaks[look.name] = _Streak()
            return self._recovered(look, lasted) if was_told else ""
        if not streak.failures:
            streak.first_failed_at = now
        streak.failures += 1
        if streak.is_told or streak.failures < self._failures_in_row:
            return ""
        streak.is_told = True
        return f"FAILING {self._site}, {look.name}: {look.sentence} ({look.seconds:.2f} s)"

    def _recovered(self, look: Look, lasted_seconds: float) -> str:
        minutes = lasted_seconds / 60
        return (
            f"RECOVERED {self._site}, {look.name}: well again after {minutes:.0f} min, "
            f"answered in {look.seconds:.2f} s."
        )


class Webhook:
    """Takes messages in Slack's form, {"text": …}; what could not be sent is sent the next time."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._unsent: deque[str] = deque(maxlen=UNSENT_MAX)

    def tell(self, messages: Iterable[str]) -> bool:
        """Whether all are sent, those of before included."""
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
            # Its address is a secret too.
            log.error("the webhook did not take a message", extra={"error": type(failure).__name__})
            return False
