"""What each pass of cleanup measures, and what the month is estimated to cost."""

import os
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.actors import MIB, Sender, post
from tests.clock import let_pass
from transfers.lifecycle import uploads
from transfers.maintenance import cleanup, gauges
from transfers.models import HourlyFigure, Lease, Transfer
from transfers.statistics import costs, hourly
from transfers.stores.base import StoreUnavailable

pytestmark = pytest.mark.django_db


def measured() -> dict[str, float]:
    cleanup.run()
    return gauges.read()


def test_a_pass_counts_transfers_by_state_and_what_is_stored():
    sent, unfinished = Sender().send(), Sender()
    unfinished.create()
    Sender().send().delete()
    found = measured()
    assert (found["transfers_completed"], found["transfers_pending"]) == (1, 1)
    assert (found["transfers_completing"], found["transfers_deleting"]) == (0, 0)
    assert found["bytes_stored"] == len(sent.payload)
    assert (found["transfers_stuck"], found["deletion_lag_seconds"]) == (0, 0)
    assert abs(found["cleanup_last_success"] - timezone.now().timestamp()) < 60
    assert 0 <= found["cleanup_seconds"] < 60


def test_an_upload_that_rests_for_an_hour_is_stuck():
    Sender().create()
    let_pass(minutes=59)
    assert measured()["transfers_stuck"] == 0
    let_pass(minutes=2)
    assert measured()["transfers_stuck"] == 1


def test_a_store_that_keeps_bytes_shows_as_lag_and_as_stuck(monkeypatch):
    sender = Sender().send(expires_in_seconds=60)
    let_pass(minutes=2)
    store = uploads.store_of(Transfer.objects.get())

    def away(transfer_id: str) -> None:
        raise StoreUnavailable("down")

    monkeypatch.setattr(store, "delete", away)
    assert measured()["transfers_deleting"] == 1
    let_pass(hours=2)
    found = measured()
    assert found["transfers_stuck"] == 1
    assert 7200 <= found["deletion_lag_seconds"] < 7260
    assert found["bytes_stored"] == len(sender.payload)
    monkeypatch.undo()
    found = measured()
    assert (found["deletion_lag_seconds"], found["bytes_stored"]) == (0, 0)


def test_a_download_that_runs_is_no_lag():
    sender = Sender().send(expires_in_seconds=60)
    sender.recipient().lease()
    let_pass(minutes=2)
    assert Lease.objects.exists()
    assert measured()["deletion_lag_seconds"] == 0


def test_open_reports_are_counted():
    sender = Sender().send()
    post(f"/transfers/report/{sender.transfer_id}", {"reason": "phishing"})
    assert measured()["reports_open"] == 1


def test_a_pass_merges_past_hours_and_forgets_figures_of_another_year():
    now = timezone.now()
    for shard in (0, 3, 5):
        HourlyFigure.objects.create(
            name="visits", hour=hourly.hours_ago(2), shard=shard, value=1 + shard
        )
    HourlyFigure.objects.create(name="visits", hour=now - timedelta(days=401), value=9)
    cleanup.run()
    assert list(HourlyFigure.objects.values_list("shard", "value")) == [(0, 11)]


def test_the_cost_is_made_of_what_is_stored_moved_and_called(settings):
    settings.STORE = "local"
    settings.PRICE_STORAGE_GB_MONTH, settings.PRICE_OUT_GB = 1024.0, 2048.0
    settings.PRICE_1000_PUT, settings.PRICE_1000_GET = 5.0, 7.0
    sender = Sender(payload=os.urandom(6 * MIB)).send()
    sender.recipient().lease()
    hourly.count(bytes_served=MIB)
    found = costs.estimate(bytes_stored=6 * MIB)
    assert found.storage == pytest.approx(6)
    assert found.traffic == pytest.approx(2)
    # One full part beside the eight calls of any transfer; twice its length, both parts fetched.
    assert found.calls == pytest.approx(9 * 0.005 + 4 * 0.007)
    settings.STORE = "s3"
    assert costs.estimate(0).traffic == pytest.approx(2 * 7)
    assert measured()["estimated_monthly_dollars"] > 0


def test_figures_of_last_year_cost_nothing(settings):
    settings.PRICE_OUT_GB = 1024.0
    HourlyFigure.objects.create(
        name="bytes_served", hour=timezone.now() - timedelta(days=31), value=MIB
    )
    assert costs.estimate(0).total == 0


def test_hours_of_past_weeks_become_days_without_changing_a_sum():
    now = timezone.now()
    for days in (0, 5, 9, 10):
        for hours in (1, 2, 30):
            hour = hourly.hours_ago(24 * days + hours)
            HourlyFigure.objects.create(name="visits", hour=hour, value=days + hours)
    before = hourly.totals(now - timedelta(days=20))
    rows = HourlyFigure.objects.count()
    for _ in range(2):
        cleanup.run()
        assert hourly.totals(now - timedelta(days=20)) == before
        assert HourlyFigure.objects.count() < rows
        old = HourlyFigure.objects.filter(hour__lt=now - timedelta(days=10))
        assert {row.hour.hour for row in old} == {0}
        assert HourlyFigure.objects.filter(hour__gte=now - timedelta(days=8)).count() == 6
