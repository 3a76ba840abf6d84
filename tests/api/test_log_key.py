"""The key of the log's address hashes: one for all servers of a day, and gone at midnight."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test import Client

from harness.live_site import LiveSite
from sgraph_send.telemetry import log_addresses
from sgraph_send.telemetry.log_addresses import DayKey
from transfers.access.address_hashes import destroy_old_keys, log_hash, shared_log_key
from transfers.models import LogKey

DAY = date(2026, 12, 1)
ADDRESS = "203.0.113.7"


def test_the_key_of_a_day_cannot_be_had_back():
    key = DayKey(DAY, b"k" * 32)
    first = key.of(DAY)
    later = key.of(DAY + timedelta(days=3))
    assert later != first
    assert key.of(DAY) == later, "the clock went back: what is gone stays gone"
    assert DayKey(DAY, b"k" * 32).of(DAY + timedelta(days=3)) == later, "every process has the same"
    assert first not in vars(key)["_current"]


def test_nobody_is_hashed_to_nothing():
    assert log_addresses.hash_for_log("") == ""


@pytest.mark.django_db
def test_the_database_has_the_key_of_today_for_every_server_and_not_that_of_yesterday():
    of_today = shared_log_key(DAY)
    assert shared_log_key(DAY) == of_today

    tomorrow = DAY + timedelta(days=1)
    destroy_old_keys(datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=UTC))

    row = LogKey.objects.get()
    assert row.day == tomorrow
    assert bytes(row.key) != of_today[1]
    assert DayKey(*of_today).of(tomorrow) == bytes(row.key), "servers need not ask at midnight"
    assert shared_log_key(DAY) == (tomorrow, bytes(row.key)), "a clock behind gets what there is"


@pytest.mark.django_db
def test_a_process_that_cannot_read_it_goes_on_with_its_own_and_reads_it_later(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(log_addresses, "_key", None)
    LogKey.objects.create(pk=1, day=DAY, key=b"k" * 32)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE transfers_logkey RENAME TO away")
        with transaction.atomic():
            log_addresses.read_key()
        alone = log_addresses.hash_for_log(ADDRESS)
        cursor.execute("ALTER TABLE away RENAME TO transfers_logkey")
    assert alone == log_addresses.hash_for_log(ADDRESS)
    assert [record.levelname for record in caplog.records] == ["WARNING"]

    log_addresses.read_key()

    key = bytes(LogKey.objects.get().key)
    assert log_addresses.hash_for_log(ADDRESS) == log_hash(ADDRESS, key) != alone


@pytest.mark.django_db
def test_no_line_asks_the_database(capsys: pytest.CaptureFixture, django_assert_num_queries):
    with django_assert_num_queries(0):
        Client().get("/info/health")
    assert json.loads(capsys.readouterr().err)["address"]


def test_servers_of_one_database_write_the_same_hash_also_after_a_restart(
    start_site: Callable[..., LiveSite], database_url: str
):
    def hashes(site: LiveSite) -> set[str]:
        lines = [line for line in site.log.splitlines() if '"address"' in line]
        return {json.loads(line)["address"] for line in lines}

    one, other = (start_site(DATABASE_URL=database_url) for _ in range(2))
    first = hashes(one)
    one.stop()
    one.start()

    assert len(first) == 1, "of 127.0.0.1, which asked for health"
    assert hashes(one) == hashes(other) == first
