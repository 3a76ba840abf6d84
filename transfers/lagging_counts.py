"""Counters that may lag: kept in memory, written together at most every few seconds."""

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
Key = TypeVar("Key", bound=Hashable)


class LaggingCounts(Generic[Key]):
    """For what a stranger can cause at will: it must not cost a write each time.

    `write` gets the sums by key, inside a transaction. When the database fails they are kept for
    the next time; a process that is killed loses those of the last seconds.
    """

    def __init__(self, write: Callable[[dict[Key, int]], None]) -> None:
        self._write = write
        self._waiting: Counter[Key] = Counter()
        self._lock = threading.Lock()
        self._written_at = time.monotonic()
        atexit.register(self.flush)

    def add(self, key: Key, amount: int = 1) -> None:
        """Count, and write when the last time lies far enough back."""
        with self._lock:
            self._waiting[key] += amount
            is_due = time.monotonic() - self._written_at >= WRITE_EVERY_SECONDS
        if is_due:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
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
                self._waiting.update(due)
            log.warning("counts wait for the database", extra={"error": type(exc).__name__})
