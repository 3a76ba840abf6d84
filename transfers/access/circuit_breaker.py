"""A circuit breaker: while a service is away, its callers do not wait for it in vain.

https://martinfowler.com/bliki/CircuitBreaker.html. Not a library's (docs/decisions/0041): pybreaker
holds a lock during each call, circuitbreaker lets every caller try at once when half-open.
"""

import enum
import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

log = logging.getLogger(__name__)
Result = TypeVar("Result")
RETRY_SECONDS = 2
LOG_EVERY_SECONDS = 60


class State(enum.Enum):
    CLOSED = "every call is made"
    OPEN = "no call is made before the next try"
    HALF_OPEN = "one caller tries"


class CircuitOpen(Exception):
    """The service failed, now or a moment ago."""


class CircuitBreaker:
    """For one service, in one process. `failures` are the exceptions that say it is away."""

    def __init__(self, service: str, failures: tuple[type[Exception], ...]) -> None:
        self._service, self._failures = service, failures
        self._lock = threading.Lock()
        self._state = State.CLOSED
        self._retry_at = 0.0
        self._logged_at = -float("inf")
        self._was_logged = False

    def call(self, function: Callable[[], Result]) -> Result:
        """What `function` returns. Raises CircuitOpen when it fails, or is not called."""
        self._require_turn()
        try:
            result = function()
        except self._failures as exc:
            self._open(type(exc).__name__)
            raise CircuitOpen from exc
        self._close()
        return result

    def _require_turn(self) -> None:
        if self._state is State.CLOSED:
            return
        with self._lock:
            now = time.monotonic()
            if now < self._retry_at:
                raise CircuitOpen
            # Should this try never end, the next one follows all the same.
            self._state, self._retry_at = State.HALF_OPEN, now + RETRY_SECONDS

    def _open(self, cause: str) -> None:
        with self._lock:
            now = time.monotonic()
            self._state, self._retry_at = State.OPEN, now + RETRY_SECONDS
            if now < self._logged_at + LOG_EVERY_SECONDS:
                return
            self._logged_at, self._was_logged = now, True
        log.warning(f"{self._service} do not answer", extra={"cause": cause})

    def _close(self) -> None:
        if self._state is State.CLOSED:
            return
        with self._lock:
            was_logged, self._was_logged, self._state = self._was_logged, False, State.CLOSED
        if was_logged:
            log.info(f"{self._service} are back")
