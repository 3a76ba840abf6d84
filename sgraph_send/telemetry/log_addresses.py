"""Addresses as the log has them: hashes under a key that is gone at midnight (docs/decisions/0104).

The key is the database's, so that all servers of a site write the same hash for the same address.
It is read when a process starts and every ten minutes, beside the requests: no line waits for it.
"""

import logging
import secrets
import threading
import time
from datetime import date

from django.db import Error, connections
from django.utils import timezone

from transfers.access.address_hashes import KEY_BYTES, log_hash, next_log_key, shared_log_key

log = logging.getLogger(__name__)
READ_EVERY_SECONDS = 600
START_SECONDS = 2


class DayKey:
    """The key of one day, replaced by its own hash when the day is over; there is no other."""

    def __init__(self, day: date, key: bytes) -> None:
        self._current = (day, key)

    def of(self, day: date) -> bytes:
        """The key of this day, or the current one should the clock have gone back."""
        known, key = self._current
        if known < day:
            key = next_log_key(key, (day - known).days)
            self._current = (day, key)
        return key


_key: DayKey | None = None


def hash_for_log(address: str) -> str:
    """16 hex characters, the same for the same address until midnight; "" for no address."""
    return log_hash(address, _key_of_this_process().of(_today()))


def read_key() -> None:
    """Take the database's key; while it is away, go on with one of this process alone."""
    global _key
    try:
        _key = DayKey(*shared_log_key(_today()))
    except Error as exc:
        _key_of_this_process().of(_today())
        log.warning(
            "the log's key was not read; this process hashes addresses with the one it has",
            extra={"error": type(exc).__name__},
        )


def start(*, keep_reading: bool = True) -> None:
    """Read the key, and go on reading it; call it once in each process, after forks.

    Waits two seconds at most, so that a process starts without its database as well.
    """
    was_read = threading.Event()

    def read() -> None:
        while True:
            try:
                read_key()
            finally:
                connections.close_all()
                was_read.set()
            if not keep_reading:
                return
            time.sleep(READ_EVERY_SECONDS)

    threading.Thread(target=read, name="log-key", daemon=True).start()
    was_read.wait(START_SECONDS)


def _key_of_this_process() -> DayKey:
    global _key
    if _key is None:
        _key = DayKey(_today(), secrets.token_bytes(KEY_BYTES))
    return _key


def _today() -> date:
    return timezone.now().date()
