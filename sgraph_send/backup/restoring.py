"""Restoring a backup: an empty site gets all rows, and the objects that the archive holds."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import BinaryIO

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import transaction

from sgraph_send.backup import tables
from sgraph_send.backup.archive import BadArchive, Reader
from sgraph_send.backup.creating import applied_migrations
from transfers.models import AccessToken, State, Transfer
from transfers.stores import current_store
from transfers.stores.base import StoredPart, TransferStore

Members = Iterator[tuple[str, bytes]]


class NotRestored(Exception):
    """The backup does not fit this site, which was left unchanged; the message is a sentence."""


@dataclass
class RestoreSummary:
    """`missing` are completed transfers without their object."""

    rows: int = 0
    objects: int = 0
    rows_sha256: str = ""
    missing: list[str] = field(default_factory=list)


def restore(source: BinaryIO) -> RestoreSummary:
    """Fill this empty, migrated site from a backup.

    Rows come first, in one transaction. Where the archive turns out to be cut short, BadArchive is
    raised and the objects read until then stay restored.

    Raises NotRestored, BadArchive and StoreUnavailable.
    """
    _require_empty_site()
    reader = Reader(source)
    store, restored = current_store(), RestoreSummary()
    _require_fit(reader, store)
    kinds = {"rows": _restore_rows, "objects": _restore_objects}
    for kind, members in groupby(reader.members(), key=lambda member: member[0].split("/")[0]):
        if kind not in kinds:
            raise BadArchive(f"Nobody knows what {kind} is.")
        kinds[kind](reader, members, store, restored)
    if reader.end.get("rows_sha256") != restored.rows_sha256:
        raise BadArchive("Rows of this backup were changed since it was made.")
    completed = Transfer.objects.filter(state=State.COMPLETED).values_list("id", "payload_bytes")
    restored.missing = [each for each, size in completed if store.stat(each) != size]
    return restored


def _require_empty_site() -> None:
    audit_entries = apps.get_model("adminpanel", "AuditEntry")
    for model in (Transfer, AccessToken, get_user_model(), audit_entries):
        if model._default_manager.exists():
            raise NotRestored(
                f"This site is in use: it has {model._meta.verbose_name_plural}. Restore into an "
                "empty database and an empty store."
            )


def _require_fit(reader: Reader, store: TransferStore) -> None:
    about = reader.about
    if about.get("migrations") != applied_migrations():
        raise NotRestored(
            f"The backup is of version {about.get('version')}, whose tables differ from these. "
            "Restore with that version, then upgrade."
        )
    store_name, bucket = about.get("store"), about.get("bucket")
    if not about.get("has_objects") and (store_name, bucket) != (store.kind, store.bucket):
        raise NotRestored(
            f"The backup has no objects: they were left in {store_name} {bucket}, and this site "
            f"keeps its own in {store.kind} {store.bucket}."
        )


def _restore_rows(
    reader: Reader, members: Members, store: TransferStore, restored: RestoreSummary
) -> None:
    """All tables or none. Content types, permissions and groups are replaced by those of the
    backup."""
    models, digest = {model._meta.label: model for model in tables.tables()}, hashlib.sha256()
    columns = reader.about["columns"]
    with transaction.atomic():
        tables.empty(models.values())
        for name, chunk in members:
            _, label, _ = name.split("/")
            if label not in models:
                raise NotRestored(f"This version has no table for {label}.")
            restored.rows += tables.write(models[label], columns[label], chunk)
            digest.update(chunk)
        restored.rows_sha256 = digest.hexdigest()
        tables.reset_sequences(models.values())
        Transfer.objects.update(store=store.kind, bucket=store.bucket)


def _restore_objects(
    reader: Reader, members: Members, store: TransferStore, restored: RestoreSummary
) -> None:
    for transfer_id, pieces in groupby(members, key=lambda member: member[0].split("/")[1]):
        row = Transfer.objects.filter(pk=transfer_id).only("payload_bytes").first()
        if row is None:
            raise BadArchive(f"No row answers for the object {transfer_id}.")
        upload_id, parts = store.begin(transfer_id), []
        for index, (_, piece) in enumerate(pieces):
            parts.append(_write(store, transfer_id, upload_id, index, piece))
        if sum(part.size_bytes for part in parts) != row.payload_bytes:
            store.abort(transfer_id, upload_id)
            continue
        store.complete(transfer_id, upload_id, parts)
        restored.objects += 1


def _write(
    store: TransferStore, transfer_id: str, upload_id: str, index: int, piece: bytes
) -> StoredPart:
    return store.write_part(transfer_id, upload_id, index, iter([piece]), len(piece), lambda: True)
