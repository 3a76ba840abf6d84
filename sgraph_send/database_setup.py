"""The database made ready by one process at a time, however many start at once."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.core.management import call_command
from django.db import connection

# Whatever number nobody else takes in this database: the letters "SGraph".
ADVISORY_LOCK = 0x534772617068


def prepare_database() -> None:
    """Migrations and operators' roles; processes that come meanwhile wait, and find it done."""
    with _alone():
        call_command("migrate", verbosity=0)
        call_command("create_roles", verbosity=0)


@contextmanager
def _alone() -> Iterator[None]:
    """Held by a transaction of its own, which ends with this process at the latest; poolers between
    (PgBouncer) keep it on one connection. SQLite has one `serve` on one machine."""
    if connection.vendor != "postgresql":
        yield
        return
    with psycopg.connect(**connection.get_connection_params()) as held:
        held.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        yield
