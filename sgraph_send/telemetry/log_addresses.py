"""Addresses as the log has them: hashes under a key that no file ever held (docs/decisions/0070).

The key is made when the server starts, kept in memory, and replaced by its own hash each midnight
(UTC): of yesterday's lines nobody can tell whose they were, not even who holds the server.
"""

import hashlib
import hmac
import secrets
import threading
import time

HASH_CHARACTERS = 16
ADVANCE_EVERY_SECONDS = 600
DAY_SECONDS = 86400


class DayKeys:
    """A chain of keys, one for each day, of which only the current one exists."""

    def __init__(self, day: int, key: bytes) -> None:
        self._current = (day, key)

    def key_of(self, day: int) -> bytes:
        """The key of this day (days since 1970), or the current one, should the clock go back."""
        known, key = self._current
        if known < day:
            for _ in range(day - known):
                key = hashlib.sha256(key).digest()
            self._current = (day, key)
        return key


# Made before the server forks, so that all of its processes go along the same chain.
_keys = DayKeys(int(time.time()) // DAY_SECONDS, secrets.token_bytes(32))


def hash_for_log(address: str) -> str:
    """16 hex characters, the same for the same address until midnight; "" for no address."""
    if not address:
        return ""
    digest = hmac.digest(_keys.key_of(_today()), address.encode(), "sha256")
    return digest.hex()[:HASH_CHARACTERS]


def keep_advancing() -> None:
    """Also a process that answers nobody lets go of yesterday's key; call it once in each."""
    threading.Thread(target=_advance, name="log-keys", daemon=True).start()


def _advance() -> None:
    while True:
        time.sleep(ADVANCE_EVERY_SECONDS)
        _keys.key_of(_today())


def _today() -> int:
    return int(time.time()) // DAY_SECONDS
