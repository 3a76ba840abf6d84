"""The store compared with the database: objects that no row answers for, rows without their object.

Memory does not grow with the store: the ids that were seen lie in a temporary file.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings
from django.utils import timezone

from transfers.maintenance import gauges
from transfers.models import Gauge, State, Transfer
from transfers.stores import current_store
from transfers.stores.base import TransferStore
from transfers.stores.listing import Held

SETTLED_AFTER = timedelta(hours=1)
RETRY_AFTER = timedelta(hours=1)
ROWS_AT_ONCE = 1000
# Fewer than these are deleted without asking what share of the store they are.
FEW = 10

_EXPECTS_OBJECT = {State.COMPLETING, State.COMPLETED, State.DELETING}
_EXPECTS_UPLOAD = {State.PENDING, State.COMPLETING, State.DELETING}


@dataclass
class Comparison:
    """Ids by what is wrong with them (orphans with the state of their row, "" without one), and
    what the store holds in all."""

    orphans: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    objects: int = 0
    stored_bytes: int = 0
    uploads: int = 0

    @property
    def is_mostly_orphans(self) -> bool:
        """As when the database is not the one that this store belongs to."""
        return len(self.orphans) > max(FEW, (self.objects + self.uploads) // 2)


def compare() -> Comparison:
    """Read the whole store and all live rows, and write what was found as gauges.

    Raises StoreUnavailable, and then writes nothing.
    """
    started, store = timezone.now(), current_store()
    found = Comparison()
    with closing(sqlite3.connect("")) as seen:
        seen.execute("CREATE TABLE seen (id TEXT PRIMARY KEY) WITHOUT ROWID")
        for page in store.contents():
            _judge(page, started - SETTLED_AFTER, found)
            objects = [(held.transfer_id,) for held in page if held.is_finished]
            seen.executemany("INSERT OR IGNORE INTO seen VALUES (?)", objects)
        absent = _not_among(seen, _completed_rows(store, started))
        found.missing = [each for each in absent if _is_missing(store, each)]
    found.orphans = {
        each: state for each, state in found.orphans.items() if _is_orphan(store, each, state)
    }
    gauges.write(
        orphan_objects=len(found.orphans),
        missing_objects=len(found.missing),
        store_objects=found.objects,
        store_bytes=found.stored_bytes,
        reconciled_at=timezone.now().timestamp(),
    )
    return found


def delete_orphans(orphans: Collection[str]) -> int:
    """Delete what lies under these ids, unless a row answers for it by now; how many.

    What is left of them is written as the gauge, also when the store fails on the way.

    Raises StoreUnavailable.
    """
    store, deleted = current_store(), 0
    try:
        for transfer_id in orphans:
            deleted += _delete_orphan(store, transfer_id)
    finally:
        gauges.write(orphan_objects=len(orphans) - deleted)
    return deleted


def _delete_orphan(store: TransferStore, transfer_id: str) -> bool:
    state = Transfer.objects.filter(pk=transfer_id).values_list("state", flat=True).first()
    if state not in (None, State.COMPLETED, State.DELETED):
        return False
    store.abort_all(transfer_id)
    if state != State.COMPLETED:
        store.delete(transfer_id)
    return True


def is_due(now: datetime) -> bool:
    """Whether the last comparison is longer ago than the settings allow."""
    if not settings.RECONCILE_EVERY_SECONDS:
        return False
    last = Gauge.objects.filter(name="reconciled_at").values_list("value", flat=True).first()
    return last is None or now.timestamp() - last >= settings.RECONCILE_EVERY_SECONDS


def _judge(page: list[Held], settled_before: datetime, found: Comparison) -> None:
    states: dict[str, str] = {}
    for ids in _by_lots({held.transfer_id for held in page}):
        states |= dict(Transfer.objects.filter(pk__in=ids).values_list("pk", "state"))
    for held in page:
        found.objects += held.is_finished
        found.uploads += not held.is_finished
        found.stored_bytes += held.size_bytes
        expecting = _EXPECTS_OBJECT if held.is_finished else _EXPECTS_UPLOAD
        is_expected = states.get(held.transfer_id) in expecting
        if not is_expected and held.changed_at <= settled_before:
            found.orphans[held.transfer_id] = states.get(held.transfer_id, "")


def _completed_rows(store: TransferStore, before: datetime) -> Iterator[str]:
    rows = Transfer.objects.filter(
        state=State.COMPLETED, completed_at__lt=before, store=store.kind, bucket=store.bucket
    )
    return rows.order_by().values_list("pk", flat=True).iterator(chunk_size=ROWS_AT_ONCE)


def _not_among(seen: sqlite3.Connection, ids: Iterator[str]) -> list[str]:
    """Those that were not listed; read to the end before the store is asked about any."""
    absent: list[str] = []
    for some in _by_lots(ids):
        marks = ",".join("?" * len(some))
        known = seen.execute(f"SELECT id FROM seen WHERE id IN ({marks})", some)  # noqa: S608  marks
        absent += set(some) - {row[0] for row in known}
    return absent


def _is_orphan(store: TransferStore, transfer_id: str, state: str) -> bool:
    """Looked at once more where there is a row: it may have come to its end since the listing."""
    if not state:
        return True
    traces = store.traces(transfer_id)
    return traces["unfinished uploads"] or (state == State.DELETED and any(traces.values()))


def _is_missing(store: TransferStore, transfer_id: str) -> bool:
    """Looked at once more: it may have ended meanwhile."""
    if store.stat(transfer_id) is not None:
        return False
    return Transfer.objects.filter(pk=transfer_id, state=State.COMPLETED).exists()


def _by_lots(ids: Iterable[str]) -> Iterator[Sequence[str]]:
    rest = iter(ids)
    while lot := list(islice(rest, ROWS_AT_ONCE)):
        yield lot
