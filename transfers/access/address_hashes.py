"""Addresses as keyed hashes whose key lives for two days (docs/decisions/0042).

Within one UTC day the same address has the same hash. Once that day's key is destroyed, nobody can
tell whose it was: not by asking, and not by trying all addresses there are.
"""

import hashlib
import hmac
import secrets
from datetime import date, datetime, timedelta

from django.utils import timezone

from transfers.models import AddressSalt

HASH_CHARACTERS = 32
SALT_BYTES = 32
SALT_DAYS = 2


def hash_address(address: str) -> str:
    """HMAC-SHA256 under today's key (UTC), 32 hex characters of it; "" for no address.

    `address` as `client_address` gives it. The key is read from its row every time: a process that
    kept it in memory and then idled would hold it past its destruction.
    """
    if not address:
        return ""
    digest = hmac.new(_salt_of(timezone.now().date()), address.encode(), hashlib.sha256)
    return digest.hexdigest()[:HASH_CHARACTERS]


def destroy_old_salts(now: datetime) -> int:
    """Delete the keys of days that began 48 hours ago or earlier; how many."""
    last = now.date() - timedelta(days=SALT_DAYS)
    return AddressSalt.objects.filter(day__lte=last).delete()[0]


def _salt_of(day: date) -> bytes:
    """The day's key, made by whoever needs it first; all others read what that one wrote."""
    row, _ = AddressSalt.objects.get_or_create(
        day=day, defaults={"salt": secrets.token_bytes(SALT_BYTES)}
    )
    return bytes(row.salt)
