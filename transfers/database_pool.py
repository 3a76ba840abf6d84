"""The pool of PostgreSQL: rows read at little cost, connections given back before what is slow."""

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper as PostgresDatabase

Row = tuple[Any, ...]


def fetch_row(sql: str, parameters: Sequence[str | bytes]) -> Row | None:
    """The first row that `sql` finds, or None.

    On PostgreSQL by a prepared statement: planning costs it several times the reading of a row by
    its key (docs/decisions/0009). Django's own cursors cannot prepare.
    """
    database = connections["default"]
    if not isinstance(database, PostgresDatabase):
        with database.cursor() as cursor:
            cursor.execute(sql, parameters)
            found: Row | None = cursor.fetchone()
            return found
    pool = database.pool  # type: ignore[attr-defined]  # not in django-stubs yet
    with database.wrap_database_errors:
        if pool is None:
            database.ensure_connection()
        if database.connection is not None:
            return _fetch_row(database.connection, sql, parameters)
        # Without Django's bookkeeping around a connection, which this one statement needs none of.
        pool.open()
        borrowed = pool.getconn()
        try:
            return _fetch_row(borrowed, sql, parameters)
        finally:
            pool.putconn(borrowed)


def _fetch_row(
    connected: psycopg.Connection[Row], sql: str, parameters: Sequence[str | bytes]
) -> Row | None:
    with psycopg.Cursor(connected) as cursor:
        return cursor.execute(sql, parameters, prepare=True).fetchone()


def release_database() -> None:
    """Return this thread's PostgreSQL connection to the pool; the next query takes one again."""
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        connection.close()
