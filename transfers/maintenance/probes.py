"""Whether database, store and cache answer now; nobody waits for one that is away.

Each probe has connections of its own, with limits of seconds: the site's own wait for as long as a
visitor may. What was found counts for PROBE_SECONDS.
"""

import threading
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import redis
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from transfers.stores import current_store
from transfers.stores.base import StoreUnavailable

PROBE_SECONDS = 10
ANSWER_SECONDS = 2
_IMPATIENT = {
    "connect_timeout": ANSWER_SECONDS,
    "tcp_user_timeout": ANSWER_SECONDS * 1000,
    "options": f"-c statement_timeout={ANSWER_SECONDS * 1000}",
}


@dataclass(frozen=True)
class Found:
    """Which parts answered, and what the database holds: the gauges that cleanup left there, and
    which migrations it lacks (`app.name`). Without it there are none of either."""

    is_up: dict[str, bool]
    gauges: dict[str, float] = field(default_factory=dict)
    unapplied: list[str] = field(default_factory=list)


_lock = threading.Lock()
_last: tuple[float, Found] | None = None


def found() -> Found:
    """The state of all parts, PROBE_SECONDS old at most."""
    global _last
    with _lock:
        now = time.monotonic()
        if _last is None or now >= _last[0] + PROBE_SECONDS:
            in_database = _ask_database()
            up = {"database": in_database is not None, "store": _answers(_ask_store)}
            up["cache"] = _answers(_ask_cache)
            _last = (time.monotonic(), Found(up, *(in_database or ())))
        return _last[1]


def forget() -> None:
    """Ask anew at the next use."""
    global _last
    _last = None


def _ask_database() -> tuple[dict[str, float], list[str]] | None:
    """Gauges by name, and unapplied migrations; None when the database does not answer."""
    try:
        asked = _impatient_connection()
        try:
            tables = set(asked.introspection.table_names())
            applied = _rows(asked, "SELECT app, name FROM django_migrations", tables)
            gauges = _rows(asked, "SELECT name, value FROM transfers_gauge", tables)
        finally:
            if asked is not connections[DEFAULT_DB_ALIAS]:
                asked.close()
    except DatabaseError:
        return None
    return dict(gauges), [".".join(one) for one in sorted(_shipped() - set(applied))]


def _rows(asked: BaseDatabaseWrapper, query: str, tables: set[str]) -> list[tuple[Any, ...]]:
    """No rows where there is no such table yet."""
    if query.rsplit(" ", 1)[1] not in tables:
        return []
    with asked.cursor() as cursor:
        cursor.execute(query)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


@cache
def _shipped() -> frozenset[tuple[str, str]]:
    """App and name of every migration of this installation."""
    return frozenset(MigrationLoader(None).disk_migrations)


def _impatient_connection() -> BaseDatabaseWrapper:
    """A connection outside the pool, whose callers may wait for 20 s."""
    shared = connections[DEFAULT_DB_ALIAS]
    if shared.vendor != "postgresql":
        return shared
    configured = deepcopy(shared.settings_dict)
    options = {name: each for name, each in configured["OPTIONS"].items() if name != "pool"}
    configured["OPTIONS"] = {**options, **_IMPATIENT}
    return type(shared)(configured, alias=f"{shared.alias}-probe")


def _answers(ask: Callable[[], None]) -> bool:
    try:
        ask()
    except (StoreUnavailable, redis.RedisError):
        return False
    return True


def _ask_store() -> None:
    current_store().require_answer()


def _ask_cache() -> None:
    if not settings.REDIS_URL:
        return
    limits = {"socket_timeout": ANSWER_SECONDS, "socket_connect_timeout": ANSWER_SECONDS}
    with redis.Redis.from_url(settings.REDIS_URL, **limits) as client:
        client.ping()
