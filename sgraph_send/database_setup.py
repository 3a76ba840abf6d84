"""Preparing the database, by one process at a time when several start at once."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.core.management import call_command
from django.db import connection

# Any number that nothing else in this database uses: the letters "SGraph".
ADVISORY_LOCK = 0x534772617068


def prepare_database() -> None:
    """Apply migrations and create the operators' roles; other processes wait and then find it
    done."""
    with _exclusive():
        call_command("migrate", verbosity=0)
        call_command("create_roles", verbosity=0)


@contextmanager
def _exclusive() -> Iterator[None]:
    """On PostgreSQL an advisory lock in a transaction of its own, which ends with this process at
    the latest and which poolers (PgBouncer) keep on one connection. SQLite needs none: one `serve`
    runs on one machine."""
    if connection.vendor != "postgresql":
        yield
        return
    with psycopg.connect(**connection.get_connection_params()) as held:
        held.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        yield
