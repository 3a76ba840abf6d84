"""Rows of past transfers, made by SQL, which only a bench may; the objects of those still alive.

As after 37 days of even use: a week of life and thirty days as a tombstone. A little over half of a
week's transfers are still there, the others were used up or deleted within a day: one row in ten
is alive, with its manifest, its leases and its events. Parts have no rows; they are the store's.
"""

import http.client
import queue
import threading

import psycopg

from harness.scale import statistics

_DAYS = 37
_TABLES = "transfers_transfer, transfers_hourlyfigure, transfers_pagevisits"
_TRANSFERS = """
INSERT INTO transfers_transfer (id, kind, state, reason, file_size_bytes, payload_bytes,
    part_bytes, content_type_hint, envelope, link_proof_hash, proof_hash, owner_token_hash, store,
    bucket, multipart_id, expires_in_seconds, max_downloads, download_count, proof_failures, notice,
    created_at, touched_at, expires_at, completed_at, closed_at, deleted_at, found_absent)
SELECT translate(left(encode(sha256(('past' || n)::bytea), 'base64'), 22), '+/', 'xy'), 'sealed',
    CASE WHEN lives THEN 'completed' ELSE 'deleted' END,
    CASE WHEN lives THEN '' WHEN luck < 55 THEN 'expired' ELSE 'exhausted' END,
    20000, 20056, 20056, '', CASE WHEN lives THEN repeat('e', 190) ELSE '' END,
    CASE WHEN lives THEN sha256(n::text::bytea) ELSE ''::bytea END,
    CASE WHEN lives THEN sha256(n::text::bytea) ELSE ''::bytea END, sha256(n::text::bytea), 's3',
    %(bucket)s, CASE WHEN lives THEN repeat('u', 128) ELSE '' END, 604800,
    CASE WHEN n %% 3 = 0 THEN 5 END, n %% 4, 0, '', at, coalesce(ended, at),
    at + interval '7 days', at, ended, ended,
    CASE WHEN lives THEN '' ELSE 'object,versions,unfinished uploads' END
FROM (SELECT n, at, luck, lives, CASE WHEN NOT lives THEN least(now() - interval '1 minute',
        CASE WHEN luck < 55 THEN at + interval '7 days'
        ELSE greatest(at + interval '20 hours', now() - interval '29 days') END) END AS ended
    FROM (SELECT n, at, luck, luck < 55 AND at > now() - interval '7 days' AS lives
        FROM (SELECT n, n %% 100 * 7919 %% 100 AS luck, now() - interval '1 hour'
            - (%(count)s - n) * interval '37 days' / %(count)s + interval '2 hours' / %(count)s
            AS at FROM generate_series(1, %(count)s) AS n) AS dated) AS fated) AS made
"""
_ALIVE = """
CREATE TEMPORARY VIEW alive AS SELECT * FROM transfers_transfer WHERE state = 'completed'
"""
_OF_THE_LIVING = """
INSERT INTO transfers_sealedmanifest (transfer_id, sealed)
    SELECT id, sha256(id::bytea) || convert_to(repeat('m', 288), 'utf8') FROM alive;
INSERT INTO transfers_lease (transfer_id, token_hash, created_at, expires_at, finished_at)
    SELECT id, sha256((id || d)::bytea), created_at, created_at + interval '1 day', created_at
    FROM alive, generate_series(1, download_count) AS d;
INSERT INTO transfers_transferevent (transfer_id, kind, at, address_hash)
    SELECT id, 'completed', created_at, '' FROM alive;
INSERT INTO transfers_transferevent (transfer_id, kind, at, address_hash)
    SELECT transfer_id, kind, created_at, md5(transfer_id)
    FROM transfers_lease, unnest(ARRAY['download_started', 'download_finished']) AS kind;
"""
_SIZES = """
SELECT relname, greatest(reltuples, 0)::bigint, pg_relation_size(oid), pg_indexes_size(oid)
FROM pg_class WHERE relkind = 'r' AND relname LIKE 'transfers_%' ORDER BY 3 DESC
"""
_INDEXES = """
SELECT indexrelname, pg_relation_size(indexrelid) FROM pg_stat_user_indexes
WHERE relname LIKE 'transfers_%' ORDER BY 2 DESC
"""
WRITERS = 8


def fill(url: str, bucket: str, count: int) -> list[str]:
    """In the place of all that is there; the ids of those that are alive."""
    with psycopg.connect(url) as connection:
        connection.execute(f"TRUNCATE {_TABLES} CASCADE")
        connection.execute(_TRANSFERS, {"bucket": bucket, "count": count})
        connection.execute(_ALIVE)
        connection.execute(_OF_THE_LIVING)
        hours = {"hours": statistics.DAYS * 24, "names": statistics.NAMES}
        connection.execute(statistics.FIGURES, hours)
        connection.execute(statistics.VISITS, {"days": statistics.DAYS})
        alive = [row[0] for row in connection.execute("SELECT id FROM alive")]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return alive


def put_objects(filer: str, bucket: str, ids: list[str]) -> None:
    """A small object for each of them, by the way behind S3, which is quicker."""
    waiting: queue.SimpleQueue = queue.SimpleQueue()
    for each in [*ids, *([None] * WRITERS)]:
        waiting.put(each)
    refused: list[int] = []

    def write() -> None:
        connection = http.client.HTTPConnection(filer, timeout=60)
        while (each := waiting.get()) is not None:
            connection.request("PUT", f"/buckets/{bucket}/transfers/{each}", b"x" * 24)
            answer = connection.getresponse()
            answer.read()
            if answer.status >= 300:
                refused.append(answer.status)

    writers = [threading.Thread(target=write) for _ in range(WRITERS)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    if refused:
        raise RuntimeError(f"{len(refused)} objects were refused: {refused[0]}")


def sizes(url: str) -> dict[str, dict]:
    """Rows and bytes of every table, and bytes of every index."""
    with psycopg.connect(url) as connection:
        tables = {
            name: {"rows": rows, "bytes": own, "index_bytes": indexes}
            for name, rows, own, indexes in connection.execute(_SIZES)
        }
        return {"tables": tables, "indexes": dict(connection.execute(_INDEXES).fetchall())}


def rows_read_in_sequence(url: str) -> dict[str, int]:
    """By scans of whole tables since the server began to count, of every table."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT pg_stat_force_next_flush()")
        return dict(
            connection.execute("SELECT relname, seq_tup_read FROM pg_stat_user_tables").fetchall()
        )
