"""Several processes count together in Redis, and go on, each for itself, while it is away."""

import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import redis

from harness.live_site import LiveSite
from harness.redis_server import Redis
from harness.waiting import wait_until
from transfers.access.counters import ANSWER_SECONDS

LIMIT = 6
PROCESSES = 2
CREATION = json.dumps({"file_size_bytes": 1})

BREAKER_LOG = "transfers.access.circuit_breaker"


@pytest.fixture
def counters(tmp_path: Path) -> Iterator[Redis]:
    """A Redis that the test may stop."""
    server = Redis(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def site(start_site: Callable[..., LiveSite], counters: Redis, database_url: str) -> LiveSite:
    return start_site(
        REDIS_URL=counters.url,
        DATABASE_URL=database_url,
        SGRAPH_SEND__PROCESSES=str(PROCESSES),
        SGRAPH_SEND__TRUSTED_PROXIES="127.0.0.1",
        SGRAPH_SEND__RATES=f"create={LIMIT}/d",
    )


def create_from(site: LiveSite, address: str) -> int:
    """One call on a connection of its own, so that any of the processes may take it."""
    headers = {"Content-Type": "application/json", "X-Forwarded-For": address}
    with closing(http.client.HTTPConnection(site.url[7:], timeout=10)) as connection:
        connection.request("POST", "/transfers/create", CREATION, headers)
        answer = connection.getresponse()
        if answer.status == 429:
            # Somewhere in the day's window, which may be about to end.
            assert 1 <= int(answer.getheader("Retry-After")) <= 86_401
        return answer.status


def keys_of(counters: Redis) -> list[bytes]:
    with redis.Redis.from_url(counters.url) as client:
        return client.keys()


def lines_of(site: LiveSite, logger: str) -> list[dict]:
    found = [json.loads(line) for line in site.log.splitlines() if line.startswith("{")]
    return [line for line in found if line["logger"] == logger]


def test_processes_count_together_and_keep_no_address(site: LiveSite, counters: Redis):
    statuses = [create_from(site, "203.0.113.7") for _ in range(4 * LIMIT)]

    assert statuses == [200] * LIMIT + [429] * 3 * LIMIT
    with redis.Redis.from_url(counters.url) as client:
        kept = {key: (client.get(key), client.ttl(key)) for key in keys_of(counters)}
    assert [count for count, _ in kept.values()] == [str(4 * LIMIT).encode()]
    assert all(0 < seconds <= 86_405 for _, seconds in kept.values())
    assert "203.0.113" not in repr(kept)


def test_a_stopped_redis_stops_nobody_and_a_restarted_one_counts_again(
    site: LiveSite, counters: Redis
):
    assert create_from(site, "203.0.113.7") == 200
    counters.stop()

    statuses = [create_from(site, "203.0.113.7") for _ in range(PROCESSES * LIMIT + 30)]

    assert set(statuses) == {200, 429}
    assert LIMIT <= statuses.count(200) <= PROCESSES * LIMIT
    counters.start()
    wait_until(lambda: create_from(site, "198.51.100.1") and keys_of(counters), "counting in Redis")
    wait_until(
        lambda: create_from(site, "203.0.113.8") and len(back(site)) == len(away(site)),
        "every process counting in Redis",
    )
    statuses = [create_from(site, "203.0.113.9") for _ in range(2 * LIMIT)]
    assert statuses == [200] * LIMIT + [429] * LIMIT
    assert 1 <= len(away(site)) <= PROCESSES
    assert {line["status"] for line in lines_of(site, "sgraph_send.requests")} == {200, 429}


def away(site: LiveSite) -> list[dict]:
    return [line for line in lines_of(site, BREAKER_LOG) if line["level"] == "warning"]


def back(site: LiveSite) -> list[dict]:
    return [line for line in lines_of(site, BREAKER_LOG) if line["level"] == "info"]


def test_a_redis_that_hangs_delays_a_call_a_moment_and_most_not_at_all(
    site: LiveSite, counters: Redis
):
    assert create_from(site, "203.0.113.7") == 200
    counters.freeze()
    try:
        spans = []
        for number in range(40):
            begun = time.monotonic()
            assert create_from(site, f"198.51.100.{number}") == 200
            spans.append(time.monotonic() - begun)
    finally:
        counters.thaw()

    assert max(spans) < 12 * ANSWER_SECONDS
    assert sorted(spans)[len(spans) // 2] < ANSWER_SECONDS
    assert lines_of(site, BREAKER_LOG)[0]["cause"] == "TimeoutError"


@pytest.mark.parametrize(
    "forged",
    [b"X-Forwarded-For: 1.2.3.%d", b"X_Forwarded_For: 1.2.3.%d", b"Forwarded: for=1.2.3.%d"],
)
def test_gunicorn_hands_on_who_is_connected_whatever_the_caller_writes(
    start_site: Callable[..., LiveSite], forged: bytes
):
    site = start_site(SGRAPH_SEND__RATES="create=2/d")
    host, port = site.url[7:].split(":")

    def create_forged(number: int) -> int:
        head = b"POST /transfers/create HTTP/1.1\r\nHost: %b\r\nContent-Type: application/json\r\n"
        head = head % site.url[7:].encode() + forged % number
        head += b"\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(CREATION)
        with closing(socket.create_connection((host, int(port)), timeout=10)) as connection:
            connection.sendall(head + CREATION.encode())
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            return answer.status

    assert [create_forged(number) for number in range(4)] == [200, 200, 429, 429]


def test_several_processes_without_redis_are_refused(start_site, tmp_path: Path):
    refused = LiveSite(tmp_path / "refused", {"SGRAPH_SEND__PROCESSES": "2"}).manage("check")

    assert refused.returncode != 0
    assert "sgraph_send.E001" in refused.stderr
    assert "django_ratelimit.E003" in refused.stderr
