"""Rows as lines of JSON, in one form for all supported databases."""

import base64
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.utils.dateparse import parse_date, parse_datetime

CHUNK_ROWS = 2000

# Tables that no backup may keep, or that are of no use later.
EXCLUDED = {
    "transfers.AddressSalt": "it is destroyed after 48 hours, which no copy may undo",
    "transfers.LogKey": "it is gone at midnight, which no copy may undo",
    "sessions.Session": "operators sign in again",
    "adminpanel.SignInAttempts": "it is about the last minutes",
}


def tables() -> list[type[models.Model]]:
    """All models whose rows are backed up, those that others refer to first."""
    waiting = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.label not in EXCLUDED
    ]
    ordered: list[type[models.Model]] = []
    while waiting:
        ready = [model for model in waiting if not _referenced_by(model) & set(waiting) - {model}]
        if not ready:
            raise RuntimeError("Tables refer to each other in a circle.")
        ordered += ready
        waiting = [model for model in waiting if model not in ready]
    return ordered


@contextmanager
def snapshot() -> Iterator[None]:
    """All reads inside see the database as of one moment, without blocking writers."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    # Django would begin with IMMEDIATE, which blocks writers.
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def read(model: type[models.Model]) -> Iterator[bytes]:
    """The rows of a table in chunks of lines: each a JSON array in the order of `columns`."""
    rows = model._base_manager.order_by("pk").values_list(*columns(model))
    lines = (_line(row) for row in rows.iterator(chunk_size=CHUNK_ROWS))
    while chunk := b"".join(islice(lines, CHUNK_ROWS)):
        yield chunk


def columns(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def write(model: type[models.Model], names: list[str], chunk: bytes) -> int:
    """Insert rows whose columns have these names; returns how many.

    Raises KeyError for a column that this table does not have.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields}
    chosen = [fields[name] for name in names]
    rows = [
        model(
            **{
                name: _value(field, value)
                for name, field, value in zip(names, chosen, json.loads(line), strict=True)
            }
        )
        for line in chunk.splitlines()
    ]
    model._base_manager.bulk_create(rows, batch_size=CHUNK_ROWS)
    return len(rows)


def empty(models_in_order: Iterable[type[models.Model]]) -> None:
    """Delete all rows, those that refer to others first."""
    with connection.cursor() as cursor:
        for model in reversed(list(models_in_order)):
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608


def reset_sequences(written: Iterable[type[models.Model]]) -> None:
    """Let new rows get numbers above those that were written."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(written)):
            cursor.execute(statement)


def _referenced_by(model: type[models.Model]) -> set[type[models.Model]]:
    return {
        related
        for field in model._meta.concrete_fields
        if field.remote_field and (related := field.remote_field.model._meta.concrete_model)
    }


def _line(row: tuple[object, ...]) -> bytes:
    return json.dumps([_plain(value) for value in row], ensure_ascii=False).encode() + b"\n"


def _plain(value: object) -> object:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    # JSON's usual encoders drop microseconds, over which entries of the audit log are hashed.
    return value.isoformat() if hasattr(value, "isoformat") else value


def _value(field: "models.Field[Any, Any]", value: object) -> object:
    if value is None:
        return None
    kind = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(kind, models.BinaryField):
        return base64.b64decode(str(value))
    if isinstance(kind, models.DateTimeField):
        return parse_datetime(str(value))
    if isinstance(kind, models.DateField):
        return parse_date(str(value))
    return value
