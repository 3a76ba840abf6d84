"""What this process knows of an absent Redis, so that nobody waits for it in vain."""

import logging
import threading
import time

from transfers.statistics import metrics

log = logging.getLogger(__name__)
ASK_AGAIN_SECONDS = 2
LOG_EVERY_SECONDS = 60


class Outage:
    """While Redis is away, one caller at a time asks; the others count in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._away = False
        self._ask_at = 0.0
        self._logged_at = -float("inf")
        self._is_told = False
        self.counted_alone = 0

    def may_ask(self) -> bool:
        if not self._away:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._ask_at:
                return False
            self._ask_at = now + ASK_AGAIN_SECONDS
            return True

    def on_answer(self) -> None:
        if not self._away:
            return
        with self._lock:
            is_due, self._is_told, self._away = self._is_told, False, False
        if is_due:
            log.info("the shared counters are back", extra={"counted_alone": self.counted_alone})

    def on_failure(self, failure: Exception) -> None:
        with self._lock:
            now = time.monotonic()
            self._away, self._ask_at = True, now + ASK_AGAIN_SECONDS
            is_due = now >= self._logged_at + LOG_EVERY_SECONDS
            if is_due:
                self._logged_at, self._is_told = now, True
        if is_due:
            log.warning(
                "the shared counters do not answer; this process counts alone",
                extra={"cause": type(failure).__name__, "counted_alone": self.counted_alone},
            )

    def count_alone(self) -> None:
        metrics.limiter_failed()
        with self._lock:
            self.counted_alone += 1


outage = Outage()
