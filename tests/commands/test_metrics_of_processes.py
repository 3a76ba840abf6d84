"""`/metrics` of a real server with several processes, and of one whose database is away."""

import os
import signal
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from harness.live_site import LiveSite
from harness.postgres import Postgres
from harness.redis_server import Redis
from harness.seaweed import SeaweedS3
from harness.waiting import wait_until

# Not health: what asked for it while the site was starting may be answered later, and count.
ASKED = 'sgraph_send_requests_total{method="GET",route="info/config",status="200"}'


def samples(site: LiveSite) -> dict[str, float]:
    with urllib.request.urlopen(f"{site.url}/metrics", timeout=20) as answer:
        lines = [line for line in answer.read().decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def up(site: LiveSite) -> list[float]:
    """Of database, store and cache, 1 for one that answered when it was last asked, else 0."""
    told = samples(site)
    return [told[f"sgraph_send_{part}_up"] for part in ("database", "store", "cache")]


def ask(site: LiveSite, times: int) -> None:
    for _ in range(times):
        urllib.request.urlopen(f"{site.url}/info/config", timeout=20).close()


def workers(site: LiveSite) -> list[int]:
    """The server's children that answer requests."""
    found = Path(f"/proc/{site.process.pid}/task/{site.process.pid}/children").read_text().split()
    commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pid in found}
    return [pid for pid, command in commands.items() if b"cleanup_transfers" not in command]


def test_the_sum_is_right_whoever_answers_and_survives_a_killed_process(
    start_site: Callable[..., LiveSite], database_url: str, redis_server: Redis
):
    site = start_site(
        DATABASE_URL=database_url, REDIS_URL=redis_server.url, SGRAPH_SEND__PROCESSES="2"
    )
    ask(site, 60)
    assert [samples(site)[ASKED] for _ in range(8)] == [60] * 8

    victim, other = workers(site)
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: set(workers(site)) - {victim, other}, "a new process", timeout_s=30)
    wait_until(lambda: samples(site)[ASKED] == 60, "an answer")
    ask(site, 20)
    assert samples(site)[ASKED] == 80
    wait_until(lambda: up(site) == [1, 1, 1], "all up")


def test_a_new_start_counts_from_nothing(start_site: Callable[..., LiveSite]):
    site = start_site()
    ask(site, 30)
    assert samples(site)[ASKED] == 30
    site.stop()
    site.start()
    assert ASKED not in samples(site)


def test_with_database_store_and_cache_away_it_still_answers_in_time(
    start_site: Callable[..., LiveSite], tmp_path: Path, postgres: Postgres, own_seaweed: SeaweedS3
):
    redis = Redis(tmp_path)
    redis.start()
    site = start_site(
        **own_seaweed.environment,
        SGRAPH_SEND__S3_BUCKET="watched",
        DATABASE_URL=postgres.new_database("watched"),
        REDIS_URL=redis.url,
    )
    wait_until(lambda: up(site) == [1, 1, 1], "all up", timeout_s=60)
    redis.stop()
    own_seaweed.stop()
    with nobody_connects(postgres, "watched"):
        wait_until(lambda: up(site) == [0, 0, 0], "all down", timeout_s=60)
        started = time.monotonic()
        samples(site)
        assert time.monotonic() - started < 10, "the usual limit of a scrape"
    own_seaweed.start()
    wait_until(lambda: up(site) == [1, 1, 0], "two are back", timeout_s=60)


@contextmanager
def nobody_connects(postgres: Postgres, database: str) -> Iterator[None]:
    """The server refuses all connections to this database, and ends those that there are."""
    with psycopg.connect(postgres.url(), autocommit=True) as operator:
        operator.execute(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS false')
        operator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database]
        )
        try:
            yield
        finally:
            operator.execute(f'ALTER DATABASE "{database}" ALLOW_CONNECTIONS true')
