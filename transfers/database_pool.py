"""The pool of PostgreSQL: rows read at little cost, connections given back before what is slow."""

from collections.abc import Sequence

import psycopg
from django.db import connection


def fetch_row(sql: str, parameters: Sequence[object]) -> tuple | None:
    """The first row that `sql` finds, or None.

    On PostgreSQL by a prepared statement: planning costs it several times the reading of a row by
    its key (docs/decisions/0009). Django's own cursors cannot prepare.
    """
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchone()
    with connection.wrap_database_errors:
        if connection.connection is not None:
            return _fetch_row(connection.connection, sql, parameters)
        if connection.pool is None:
            connection.ensure_connection()
            return _fetch_row(connection.connection, sql, parameters)
        # Without Django's bookkeeping around a connection, which this one statement needs none of.
        connection.pool.open()
        borrowed = connection.pool.getconn()
        try:
            return _fetch_row(borrowed, sql, parameters)
        finally:
            connection.pool.putconn(borrowed)


def _fetch_row(
    connected: psycopg.Connection, sql: str, parameters: Sequence[object]
) -> tuple | None:
    with psycopg.Cursor(connected) as cursor:
        return cursor.execute(sql, parameters, prepare=True).fetchone()


def release_database() -> None:
    """Return this thread's PostgreSQL connection to the pool; the next query takes one again."""
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        connection.close()
