"""What the three health addresses tell, and whom, with parts that are really away."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client

from harness.live_site import LiveSite
from harness.postgres import Postgres
from harness.redis_server import Redis
from harness.seaweed import SeaweedS3
from harness.waiting import wait_until
from sgraph_send import __version__
from tests.store_settings import forget_stores
from transfers.maintenance import probes

STRANGER = "203.0.113.9"
WAIT_S = 45


@pytest.fixture(autouse=True)
def fresh_probes():
    probes.forget()
    yield
    probes.forget()


def ready(address: str = "127.0.0.1", **headers: str) -> tuple[int, dict]:
    answer = Client(headers=headers, REMOTE_ADDR=address).get("/info/ready")
    return answer.status_code, answer.json()


def test_health_asks_nobody(db):
    with connection.execute_wrapper(lambda *_: pytest.fail("it asked the database")):
        assert Client().get("/info/health").json() == {"status": "ok"}


@pytest.mark.django_db(transaction=True)
def test_a_ready_site_says_so_to_everybody():
    assert ready(STRANGER) == (200, {"status": "ok"})
    assert ready() == (200, {"status": "ok", "reasons": []})
    head = Client().head("/info/ready")
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.django_db(transaction=True)
def test_reasons_are_for_operators_only(settings, tmp_path: Path):
    settings.METRICS_TOKEN = "letmesee"
    ready()
    (tmp_path / "store").rename(tmp_path / "away")
    probes.forget()
    forget_stores()  # as in a process that has not used it yet
    reasons = ["The store does not answer."]

    assert ready(STRANGER) == (503, {"status": "unavailable"})
    assert ready(STRANGER, authorization="Bearer wrong") == (503, {"status": "unavailable"})
    forwarded = {"x-forwarded-for": "127.0.0.1"}
    assert ready("127.0.0.1", **forwarded) == (503, {"status": "unavailable"})
    told = {"status": "unavailable", "reasons": reasons}
    assert ready(STRANGER, authorization="Bearer letmesee") == (503, told)
    assert ready("127.0.0.1") == (503, told)


@pytest.mark.django_db(transaction=True)
def test_an_unapplied_migration_is_not_ready_and_is_named():
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name, applied FROM django_migrations WHERE app = 'transfers'")
        first = min(cursor.fetchall(), key=lambda row: row[1])
        cursor.execute("DELETE FROM django_migrations WHERE app = %s AND name = %s", first[:2])
    try:
        status, told = ready()
        assert status == 503
        assert told["reasons"] == [
            f"1 migration not applied, first transfers.{first[1]}: run manage.py migrate."
        ]
        probes.forget()
        assert ready(STRANGER) == (503, {"status": "unavailable"})
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", first
            )


def test_status_says_name_version_and_environment(settings):
    settings.ENVIRONMENT = "staging"
    assert Client().get("/info/status").json() == {
        "name": "SGraph Send",
        "version": __version__,
        "environment": "staging",
    }


def test_whoever_has_the_token_sees_their_own_call_and_nobody_else_does(settings):
    settings.METRICS_TOKEN = "letmesee"
    settings.TRUSTED_PROXIES = [*django_settings.METRICS_ADDRESSES]
    headers = {"authorization": "Bearer letmesee", "x-forwarded-for": STRANGER}
    seen = Client(headers=headers, REMOTE_ADDR="127.0.0.1").get("/info/status").json()["caller"]
    assert seen == {
        "address": STRANGER,
        "peer": "127.0.0.1",
        "peer_is_trusted": True,
        "is_forwarded": True,
        "scheme": "http",
        "host": "testserver",
    }
    assert "caller" not in Client(REMOTE_ADDR="127.0.0.1").get("/info/status").json()


def asked(site: LiveSite, path: str) -> tuple[int, dict]:
    try:
        with urllib.request.urlopen(f"{site.url}{path}", timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)


def wait_for(site: LiveSite, status: int, *reasons: str) -> None:
    wanted = (status, {"status": "ok" if status == 200 else "unavailable", "reasons": [*reasons]})
    wait_until(lambda: asked(site, "/info/ready") == wanted, f"{wanted}", timeout_s=WAIT_S)


def test_each_part_that_is_stopped_is_named_until_it_is_back(
    start_site: Callable[..., LiveSite], own_seaweed: SeaweedS3, tmp_path: Path
):
    database, counters = Postgres(tmp_path), Redis(tmp_path)
    database.start()
    counters.start()
    try:
        site = start_site(
            **own_seaweed.environment,
            SGRAPH_SEND__S3_BUCKET="health",
            DATABASE_URL=database.new_database("health"),
            REDIS_URL=counters.url,
        )
        wait_for(site, 200)
        for part, stop, start in (
            ("store", own_seaweed.stop, own_seaweed.start),
            ("cache", counters.stop, counters.start),
            ("database", database.halt, database.start),
        ):
            stop()
            wait_for(site, 503, f"The {part} does not answer.")
            assert asked(site, "/info/health") == (200, {"status": "ok"})
            start()
            wait_for(site, 200)
    finally:
        database.stop()
        counters.stop()
