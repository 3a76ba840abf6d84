"""Whether rows, leases and hourly figures agree after processes were killed, and what they left."""

from datetime import timedelta

import psycopg

_FIGURES = {
    "transfers_created": "SELECT count(*) FROM transfers_transfer",
    "transfers_completed": "SELECT count(*) FROM transfers_transfer WHERE completed_at IS NOT NULL",
    "bytes_created": "SELECT coalesce(sum(payload_bytes), 0) FROM transfers_transfer "
    "WHERE completed_at IS NOT NULL",
    "downloads_started": "SELECT coalesce(sum(download_count), 0) FROM transfers_transfer",
}
_OVERRUN = "SELECT count(*) FROM transfers_transfer WHERE download_count > max_downloads"
# A deletion takes the leases with it, so those of tombstones can't be compared.
_MISCOUNTED = """
SELECT count(*) FROM transfers_transfer AS kept WHERE state <> 'deleted' AND download_count <>
    (SELECT count(*) FROM transfers_lease WHERE transfer_id = kept.id)
"""
_UNFINISHED_EVENTS = """
SELECT count(*) FROM transfers_lease WHERE finished_at IS NOT NULL AND (SELECT count(*)
    FROM transfers_transferevent AS event WHERE event.transfer_id = transfers_lease.transfer_id
    AND event.kind = 'download_finished') = 0
"""
_CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
_STATES = "SELECT state, count(*) FROM transfers_transfer GROUP BY state"
_AGE = "UPDATE transfers_transfer SET touched_at = touched_at - %s WHERE state IN "
_UNFINISHED = "('pending', 'completing')"


def disagreements(database_url: str) -> dict[str, str]:
    """What does not add up, by name; empty when all does. For a site that forgot nothing yet."""
    with psycopg.connect(database_url) as connection:
        sums = dict(
            connection.execute(
                "SELECT name, sum(value)::bigint FROM transfers_hourlyfigure GROUP BY name"
            ).fetchall()
        )
        found = {}
        for name, sql in _FIGURES.items():
            (rows,) = connection.execute(sql).fetchone()
            if sums.get(name, 0) != rows:
                found[name] = f"{sums.get(name, 0)} in the figures, {rows} in the rows"
        for name, sql in {
            "over their limit": _OVERRUN,
            "downloads that are no leases": _MISCOUNTED,
            "ends without an event": _UNFINISHED_EVENTS,
        }.items():
            (count,) = connection.execute(sql).fetchone()
            if count:
                found[name] = str(count)
    return found


def states(database_url: str) -> dict[str, int]:
    with psycopg.connect(database_url) as connection:
        return dict(connection.execute(_STATES).fetchall())


def connections(database_url: str) -> int:
    """That others hold to this database at the moment."""
    with psycopg.connect(database_url) as connection:
        (count,) = connection.execute(_CONNECTIONS).fetchone()
        return count - 1


def make_unfinished_older(database_url: str, age: timedelta) -> int:
    """As if that much time had passed since anybody touched them; how many there are."""
    with psycopg.connect(database_url) as connection:
        return connection.execute(_AGE + _UNFINISHED, [age]).rowcount
