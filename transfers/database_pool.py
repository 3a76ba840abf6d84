"""Giving a pooled connection back before anything slow."""

from django.db import connection


def release_database() -> None:
    """Return this thread's PostgreSQL connection to the pool; the next query takes one again."""
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        connection.close()
