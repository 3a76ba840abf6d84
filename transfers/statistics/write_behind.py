"""Write-behind counters: kept in memory, written together every few seconds at most."""

import atexit
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from django.db import DatabaseError, transaction

log = logging.getLogger(__name__)
WRITE_EVERY_SECONDS = 5
KEYS_MAX = 10_000
Key = TypeVar("Key", bound=Hashable)


class WriteBehindCounter(Generic[Key]):
    """For events that anybody can cause at will, which must not cost a write each.

    `write` gets the sums by key, inside a transaction. When the database fails, the sums are kept
    for the next attempt; a killed process loses those of the last seconds. Keys beyond KEYS_MAX are
    dropped, because strangers choose some of them and the database may be away for long.
    """

    def __init__(self, write: Callable[[dict[Key, int]], None]) -> None:
        self._write = write
        self._waiting: Counter[Key] = Counter()
        self._lock = threading.Lock()
        self._written_at = time.monotonic()
        atexit.register(self.flush)

    def add(self, key: Key, amount: int = 1) -> None:
        """Count, and write if the last write was long enough ago."""
        with self._lock:
            self._keep(key, amount)
            is_due = time.monotonic() - self._written_at >= WRITE_EVERY_SECONDS
        if is_due:
            self.flush()

    def flush(self) -> None:
        """Write the sums now."""
        with self._lock:
            due = dict(self._waiting)
            self._waiting.clear()
            self._written_at = time.monotonic()
        if not due:
            return
        try:
            with transaction.atomic():
                self._write(due)
        except DatabaseError as exc:
            with self._lock:
                for key, amount in due.items():
                    self._keep(key, amount)
            log.warning("counts wait for the database", extra={"error": type(exc).__name__})

    def _keep(self, key: Key, amount: int) -> None:
        if key in self._waiting or len(self._waiting) < KEYS_MAX:
            self._waiting[key] += amount
