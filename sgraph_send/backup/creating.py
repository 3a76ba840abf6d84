"""Creating a backup: first all rows in one snapshot, then the objects that they name."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from sgraph_send.backup import tables
from sgraph_send.backup.archive import Writer
from transfers.models import State, Transfer
from transfers.stores import current_store, open_store
from transfers.stores.base import StoreUnavailable

# S3 takes 10,000 parts: that many pieces are more than the largest payload.
PIECE_BYTES = 16 * 2**20


@dataclass
class BackupSummary:
    """What a backup holds; `gone` are transfers that ended meanwhile, so that their rows are in it
    but not their objects."""

    rows: int = 0
    objects: int = 0
    object_bytes: int = 0
    gone: list[str] = field(default_factory=list)


def create(target: BinaryIO, version: str, *, with_objects: bool) -> BackupSummary:
    """Write a backup to `target`.

    Raises StoreUnavailable and OSError; what was written until then is no backup.
    """
    summary, digest = BackupSummary(), hashlib.sha256()
    with closing(sqlite3.connect("")) as wanted:
        wanted.execute("CREATE TABLE wanted (id TEXT, store TEXT, bucket TEXT, bytes INTEGER)")
        with tables.snapshot():
            writer = Writer(target, _about(version, with_objects=with_objects))
            for model in tables.tables():
                for number, chunk in enumerate(tables.read(model)):
                    writer.put(f"rows/{model._meta.label}/{number:06d}", chunk)
                    digest.update(chunk)
                    summary.rows += chunk.count(b"\n")
            if with_objects:
                wanted.executemany("INSERT INTO wanted VALUES (?, ?, ?, ?)", _completed())
        # Objects are read outside of the transaction, which would otherwise stay open for hours.
        for row in wanted.execute("SELECT * FROM wanted ORDER BY id"):
            _put_object(writer, summary, *row)
    writer.close(
        {"rows": summary.rows, "objects": summary.objects, "rows_sha256": digest.hexdigest()}
    )
    return summary


def applied_migrations() -> list[str]:
    """`app.name` of all that this database has, in their alphabetical order."""
    return sorted(
        f"{app}.{name}"
        for app, name in MigrationRecorder.Migration.objects.values_list("app", "name")
    )


def _about(version: str, *, with_objects: bool) -> dict[str, Any]:
    store = current_store()
    return {
        "version": version,
        "made_at": timezone.now().isoformat(),
        "migrations": applied_migrations(),
        "columns": {model._meta.label: tables.columns(model) for model in tables.tables()},
        "store": store.kind,
        "bucket": store.bucket,
        "has_objects": with_objects,
    }


def _completed() -> Iterator[tuple[str, str, str, int | None]]:
    rows = Transfer.objects.filter(state=State.COMPLETED).order_by()
    return rows.values_list("id", "store", "bucket", "payload_bytes").iterator()


def _put_object(
    writer: Writer,
    summary: BackupSummary,
    transfer_id: str,
    kind: str,
    bucket: str,
    size_bytes: int,
) -> None:
    """In pieces, so that an object deleted while it is read costs only itself."""
    store, written_bytes = open_store(kind, bucket), 0
    try:
        for number, piece in enumerate(_pieces(store.read(transfer_id, 0, size_bytes))):
            writer.put(f"objects/{transfer_id}/{number:05d}", piece)
            written_bytes += len(piece)
    except StoreUnavailable:
        if store.stat(transfer_id) is not None:
            raise
    if written_bytes != size_bytes:
        summary.gone.append(transfer_id)
        return
    summary.objects += 1
    summary.object_bytes += written_bytes


def _pieces(chunks: Iterator[bytes]) -> Iterator[bytes]:
    piece = bytearray()
    for chunk in chunks:
        piece += chunk
        while len(piece) >= PIECE_BYTES:
            yield bytes(piece[:PIECE_BYTES])
            del piece[:PIECE_BYTES]
    if piece:
        yield bytes(piece)
