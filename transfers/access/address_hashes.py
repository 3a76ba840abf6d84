"""Addresses as keyed hashes (HMAC-SHA256 in hex), a kind of key for each purpose.

| for | key | same hash for the same address |
| --- | --- | --- |
| events | random for each UTC day, kept 48 hours (docs/decisions/0042) | in one day |
| the log | moves on at midnight UTC (docs/decisions/0104) | in one day |
| counters | of this installation, as counters go with their window | always |

Addresses are what `client_address` gives; "" is nobody's, and has no hash in events and log.
"""

import hashlib
import hmac
import secrets
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.crypto import salted_hmac

from transfers.models import AddressSalt, LogKey

EVENT_CHARACTERS = 32
LOG_CHARACTERS = 16
KEY_BYTES = 32
SALT_DAYS = 2


def event_hash(address: str) -> str:
    """For events: 32 characters. The key is read from its row every time, because a process that
    kept it in memory and then idled would hold it past its destruction."""
    if not address:
        return ""
    return _hash(address, _salt_of(timezone.now().date()))[:EVENT_CHARACTERS]


def log_hash(address: str, key: bytes) -> str:
    """For the log: 16 characters. `key` is the day's, which the process has in memory."""
    return _hash(address, key)[:LOG_CHARACTERS] if address else ""


def counter_hash(address: str) -> str:
    """For counters: 64 characters."""
    return salted_hmac("transfers.throttles", address, algorithm="sha256").hexdigest()


def next_log_key(key: bytes, days: int) -> bytes:
    """The log's key so many days after the day of `key`; there is no way back."""
    for _ in range(days):
        key = hashlib.sha256(key).digest()
    return key


def shared_log_key(today: date) -> tuple[date, bytes]:
    """The log's key of all servers with this database, and the day that it is for.

    Whoever comes first makes it, and moves it on when its day is over. The day lies ahead of
    `today` where another server's clock does. Raises django.db.Error.
    """
    row, _ = LogKey.objects.get_or_create(
        pk=1, defaults={"day": today, "key": secrets.token_bytes(KEY_BYTES)}
    )
    if row.day >= today:
        return row.day, bytes(row.key)
    key = next_log_key(bytes(row.key), (today - row.day).days)
    LogKey.objects.filter(pk=1, day=row.day).update(day=today, key=key)
    return today, key


def destroy_old_keys(now: datetime) -> int:
    """Delete the keys of events of days that began 48 hours ago or earlier, and move the log's on;
    how many were deleted."""
    shared_log_key(now.date())
    last = now.date() - timedelta(days=SALT_DAYS)
    return AddressSalt.objects.filter(day__lte=last).delete()[0]


def _hash(address: str, key: bytes) -> str:
    return hmac.digest(key, address.encode(), "sha256").hex()


def _salt_of(day: date) -> bytes:
    """The day's key, made by whoever needs it first; all others read what that one wrote."""
    row, _ = AddressSalt.objects.get_or_create(
        day=day, defaults={"salt": secrets.token_bytes(KEY_BYTES)}
    )
    return bytes(row.salt)
