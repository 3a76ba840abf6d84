"""Hourly figures: exact where they share a transaction, cheap where strangers cause them."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from transfers import figures
from transfers.models import HourlyFigure

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_noted():
    figures._noted.clear()
    yield
    figures._noted.clear()


def test_amounts_of_one_hour_add_up_in_one_row():
    figures.count("transfers_created")
    figures.count("transfers_created", 4)
    assert figures.totals(figures.hours_ago(0)) == {"transfers_created": 5}
    assert HourlyFigure.objects.count() == 1


def test_a_figure_is_taken_back_with_the_transaction_that_failed():
    with transaction.atomic():
        figures.count("transfers_created")
        transaction.set_rollback(True)
    assert figures.totals(figures.hours_ago(0)) == {}


def test_a_thousand_notes_are_one_row_once_flushed():
    for _ in range(1000):
        figures.note("refused_proof")
    figures.flush()
    assert figures.totals(figures.hours_ago(0)) == {"refused_proof": 1000}
    assert HourlyFigure.objects.count() == 1


def test_notes_are_kept_while_the_database_fails():
    figures.note("refused_proof", 3)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE transfers_hourlyfigure RENAME TO away")
    figures.flush()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE away RENAME TO transfers_hourlyfigure")
    figures.flush()
    assert figures.totals(figures.hours_ago(0)) == {"refused_proof": 3}


def test_shards_of_past_hours_are_merged_without_changing_a_sum():
    hour = figures.hours_ago(3)
    for shard in range(4):
        HourlyFigure.objects.create(name="downloads", hour=hour, shard=shard, value=10 + shard)
    figures.merge_shards(figures.hours_ago(1))
    assert figures.totals(hour) == {"downloads": 46}
    assert HourlyFigure.objects.count() == 1


def test_only_the_asked_hours_are_summed():
    now = timezone.now()
    figures.count("downloads")
    assert figures.totals(now - timedelta(days=2), figures.hours_ago(0)) == {}
