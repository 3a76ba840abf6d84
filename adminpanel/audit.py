"""The audit log of operators' actions, a hash chain: each entry holds the hash of the one before.

What it proves and what it can't is in docs/decisions/0080.
"""

import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import connection, transaction
from django.utils import timezone

from adminpanel.models import AuditEntry
from transfers.models import Gauge

log = logging.getLogger(__name__)
COMMAND_LINE = "command line"
NUMBER_GAUGE = "audit_entries"
_GENESIS_HASH = bytes(32)
_LOCK = 0x5347_4155_4454  # "SGAUDT": any number that nothing else in this database locks


@dataclass(frozen=True)
class Verdict:
    """The result of a check of the whole chain; `broken` is the first wrong or missing number."""

    entries: int
    head: str
    broken: int | None = None
    why: str = ""


def record(
    operator: AbstractBaseUser | AnonymousUser | None,
    action: str,
    target: str = "",
    **details: object,
) -> AuditEntry:
    """Add an entry, in the same transaction as the recorded change where there is one.

    No operator means the command line. `details` must be JSON values without addresses, secrets or
    text of other people, for an entry can never be removed. Call it late in a transaction: it holds
    a lock for which other writers wait.
    """
    with transaction.atomic():
        _lock_chain()
        last = AuditEntry.objects.order_by("-number").first()
        entry = AuditEntry(
            number=last.number + 1 if last else 1,
            at=timezone.now(),
            operator=operator.get_username() if operator else COMMAND_LINE,
            action=action,
            target=target[: AuditEntry._meta.get_field("target").max_length],
            details=json.loads(json.dumps(details, default=str)),
            previous_hash=bytes(last.entry_hash) if last else _GENESIS_HASH,
        )
        entry.entry_hash = hash_of(entry)
        entry.save(force_insert=True)
        Gauge.objects.update_or_create(
            name=NUMBER_GAUGE, defaults={"value": entry.number, "measured_at": entry.at}
        )
    # A copy outside of the database; logs are often kept on another machine.
    log.info("audit entry", extra={"head": head_of(entry)})
    return entry


def hash_of(entry: AuditEntry) -> bytes:
    """SHA-256 over all of an entry but its own hash, as JSON with sorted keys."""
    members = [
        entry.number,
        entry.at.astimezone(UTC).isoformat(),
        entry.operator,
        entry.action,
        entry.target,
        entry.details,
        bytes(entry.previous_hash).hex(),
    ]
    return hashlib.sha256(json.dumps(members, sort_keys=True).encode()).digest()


def head_of(entry: AuditEntry) -> str:
    """`number:hash` of an entry, which commits to all entries before it."""
    return f"{entry.number}:{bytes(entry.entry_hash).hex()}"


def verify(expected_head: str = "") -> Verdict:
    """Check the whole chain: changed, removed, reordered and inserted entries break it.

    Removal of the last entries is found by the count that is kept in a gauge, or by
    `expected_head`, a head noted earlier.
    """
    number, previous, head = 0, _GENESIS_HASH, f"0:{_GENESIS_HASH.hex()}"
    expected_number = int(expected_head.partition(":")[0] or 0)
    for entry in _in_order():
        if entry.number != number + 1:
            return Verdict(number, head, number + 1, "it is missing")
        number, why = entry.number, _problem(entry, previous)
        if why:
            return Verdict(number - 1, head, number, why)
        previous, head = bytes(entry.entry_hash), head_of(entry)
        if number == expected_number and head != expected_head:
            return Verdict(number, head, number, "it is not the entry that was expected")
    counted = Gauge.objects.filter(name=NUMBER_GAUGE).values_list("value", flat=True).first()
    if number < max(int(counted or 0), expected_number):
        return Verdict(number, head, number + 1, "it was cut off")
    return Verdict(number, head)


def _in_order() -> Iterator[AuditEntry]:
    return AuditEntry.objects.order_by("number").iterator(chunk_size=1000)


def _problem(entry: AuditEntry, previous: bytes) -> str:
    if bytes(entry.previous_hash) != previous:
        return "it does not follow the entry before it"
    return "" if bytes(entry.entry_hash) == hash_of(entry) else "it was changed"


def _lock_chain() -> None:
    """An advisory lock until commit on PostgreSQL; SQLite lets only one transaction write
    anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
