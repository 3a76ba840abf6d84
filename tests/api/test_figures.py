"""Hourly figures: exact where they share a transaction, cheap where strangers cause them."""

import threading
from datetime import timedelta

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from harness.waiting import wait_until
from tests.actors import Sender, fetch, get, post
from tests.clock import let_pass
from transfers.maintenance import cleanup
from transfers.models import HourlyFigure
from transfers.statistics import hourly

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_noted():
    """What other tests noted is not told here."""
    hourly.flush()
    HourlyFigure.objects.all().delete()


def test_amounts_of_one_hour_add_up_in_one_row():
    hourly.count(transfers_created=1)
    hourly.count(transfers_created=4)
    assert hourly.totals(hourly.hours_ago(0)) == {"transfers_created": 5}
    assert HourlyFigure.objects.count() == 1


def test_several_figures_are_counted_by_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        hourly.count(downloads_started=1, bytes_leased=900)
    assert hourly.totals(hourly.hours_ago(0)) == {"bytes_leased": 900, "downloads_started": 1}


def test_a_figure_is_taken_back_with_the_transaction_that_failed():
    with transaction.atomic():
        hourly.count(transfers_created=1)
        transaction.set_rollback(True)
    assert hourly.totals(hourly.hours_ago(0)) == {}


def test_a_thousand_notes_are_one_row_once_flushed():
    for _ in range(1000):
        hourly.note("refused_proof")
    hourly.flush()
    assert hourly.totals(hourly.hours_ago(0)) == {"refused_proof": 1000}
    assert HourlyFigure.objects.count() == 1


def test_notes_are_kept_while_the_database_fails():
    hourly.note("refused_proof", 3)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE transfers_hourlyfigure RENAME TO away")
    hourly.flush()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE away RENAME TO transfers_hourlyfigure")
    hourly.flush()
    assert hourly.totals(hourly.hours_ago(0)) == {"refused_proof": 3}


def test_shards_of_past_hours_are_merged_without_changing_a_sum():
    hour = hourly.hours_ago(3)
    for shard in range(4):
        HourlyFigure.objects.create(name="downloads", hour=hour, shard=shard, value=10 + shard)
    hourly.merge_shards(hourly.hours_ago(1))
    assert hourly.totals(hour) == {"downloads": 46}
    assert HourlyFigure.objects.count() == 1


@pytest.mark.parametrize("tidy", [hourly.merge_shards, hourly.fold_days])
def test_two_passes_that_tidy_at_once_lose_nothing(on_postgres, tidy):
    noon = hourly.hours_ago(48).replace(hour=12)
    for shard in range(4):
        HourlyFigure.objects.create(name="downloads", hour=noon, shard=shard, value=10 + shard)

    def tidy_and_disconnect() -> None:
        tidy(hourly.hours_ago(1))
        connection.close()

    with transaction.atomic():
        tidy(hourly.hours_ago(1))
        second = threading.Thread(target=tidy_and_disconnect)
        second.start()
        wait_until(is_anyone_waiting, "a second pass that waits for the first")
    second.join()
    assert hourly.totals(noon.replace(hour=0)) == {"downloads": 46}


def is_anyone_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


def test_only_the_asked_hours_are_summed():
    now = timezone.now()
    hourly.count(downloads=1)
    assert hourly.totals(now - timedelta(days=2), hourly.hours_ago(0)) == {}


def test_the_life_of_a_transfer_is_told_by_figures_that_survive_it():
    sender = Sender().send(max_downloads=1)
    recipient = sender.recipient()
    recipient.lease()
    recipient.lease()
    recipient.finish()
    Sender().create()
    Sender().send().delete()
    cleanup.run()
    let_pass(days=40)
    cleanup.run()
    told = hourly.totals(hourly.hours_ago(24 * 50))
    size = len(sender.payload)
    assert told == {
        "transfers_created": 3,
        "transfers_completed": 2,
        "bytes_created": 2 * size,
        "downloads_started": 1,
        "bytes_leased": size,
        "downloads_finished": 1,
        "transfers_exhausted": 1,
        "transfers_deleted": 1,
        "transfers_failed": 1,
        "bytes_erased": 2 * size,
    }


def test_a_raw_download_is_counted_apart():
    transfer_id = post("/transfers/create", {"file_size_bytes": 3}).json()["transfer_id"]
    Client().post(
        f"/transfers/upload/{transfer_id}", b"abc", content_type="application/octet-stream"
    )
    post(f"/transfers/complete/{transfer_id}")
    assert get(f"/transfers/download/{transfer_id}").getvalue() == b"abc"
    told = hourly.totals(hourly.hours_ago(1))
    assert (told["raw_downloads"], told["bytes_created"]) == (1, 3)
    assert "downloads_started" not in told


def test_bytes_are_served_when_they_were_taken_and_as_often_as_they_were():
    sender = Sender().send()
    url = sender.recipient().lease().json()["url"]
    Client().head(url)
    close_untaken(Client().get(url))
    assert fetch(url, "bytes=0-9")[0] == 206
    fetch(url)
    fetch(url)
    hourly.flush()
    assert hourly.totals(hourly.hours_ago(1))["bytes_served"] == 10 + 2 * len(sender.payload)


def close_untaken(answer: HttpResponse) -> None:
    """As a server does for a recipient who is gone; the client of tests minds only whole answers,
    and would have the database closed with this one."""
    request_finished.disconnect(close_old_connections)
    try:
        answer.close()
    finally:
        request_finished.connect(close_old_connections)
