"""Rows as lines of JSON, the same from and for every database that we run on."""

import base64
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.utils.dateparse import parse_date, parse_datetime

ROWS_AT_ONCE = 2000

# What no copy may keep, and what is of no use later.
LEFT_OUT = {
    "transfers.AddressSalt": "destroyed after 48 hours, which no copy may undo",
    "transfers.LogKey": "gone at midnight, likewise",
    "sessions.Session": "operators sign in again",
    "adminpanel.SignInAttempts": "of some minutes ago",
}


def tables() -> list[type[models.Model]]:
    """All models whose rows are kept, those that others refer to first."""
    waiting = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.label not in LEFT_OUT
    ]
    ordered: list[type[models.Model]] = []
    while waiting:
        ready = [model for model in waiting if not _referred_by(model) & set(waiting) - {model}]
        if not ready:
            raise RuntimeError("Tables refer to each other in a circle.")
        ordered += ready
        waiting = [model for model in waiting if model not in ready]
    return ordered


@contextmanager
def one_moment() -> Iterator[None]:
    """What is read inside is as of one moment, and nobody who writes has to wait for it."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    # Django would begin with IMMEDIATE, which keeps writers out.
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def read(model: type[models.Model]) -> Iterator[bytes]:
    """The rows of a table in lots, each a line of JSON: an array in the order of `columns`."""
    rows = model._base_manager.order_by("pk").values_list(*columns(model))
    lines = (_line(row) for row in rows.iterator(chunk_size=ROWS_AT_ONCE))
    while lot := b"".join(islice(lines, ROWS_AT_ONCE)):
        yield lot


def columns(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def write(model: type[models.Model], names: list[str], lot: bytes) -> int:
    """Insert rows whose columns have these names; how many.

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
        for line in lot.splitlines()
    ]
    model._base_manager.bulk_create(rows, batch_size=ROWS_AT_ONCE)
    return len(rows)


def empty(models_in_order: Iterable[type[models.Model]]) -> None:
    """Delete all rows, those that refer to others first."""
    with connection.cursor() as cursor:
        for model in reversed(list(models_in_order)):
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608


def let_numbers_go_on(written: Iterable[type[models.Model]]) -> None:
    """New rows get numbers above those that were written."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(written)):
            cursor.execute(statement)


def _referred_by(model: type[models.Model]) -> set[type[models.Model]]:
    return {
        field.remote_field.model._meta.concrete_model
        for field in model._meta.concrete_fields
        if field.remote_field
    }


def _line(row: tuple) -> bytes:
    return json.dumps([_plain(value) for value in row], ensure_ascii=False).encode() + b"\n"


def _plain(value: object) -> object:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    # Dates and times in full: JSON's usual encoders drop microseconds, which entries of the audit
    # log are hashed with.
    return value.isoformat() if hasattr(value, "isoformat") else value


def _value(field: models.Field, value: object) -> object:
    if value is None:
        return None
    kind = field.target_field if field.remote_field else field
    if isinstance(kind, models.BinaryField):
        return base64.b64decode(str(value))
    if isinstance(kind, models.DateTimeField):
        return parse_datetime(str(value))
    if isinstance(kind, models.DateField):
        return parse_date(str(value))
    return value
