"""Addresses as hashes: the same within a day, nobody's afterwards."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.clock import let_pass
from transfers.access.address_hashes import destroy_old_keys, event_hash
from transfers.maintenance import cleanup
from transfers.models import AddressSalt

ANNA, BERT = "192.0.2.1", "2001:db8::/64"


@pytest.mark.django_db
def test_an_address_has_one_hash_a_day_and_no_two_share_it():
    assert event_hash(ANNA) == event_hash(ANNA)
    assert event_hash(ANNA) != event_hash(BERT)
    assert len(event_hash(ANNA)) == 32
    assert int(event_hash(ANNA), 16)
    assert ANNA not in event_hash(ANNA)
    assert AddressSalt.objects.count() == 1


@pytest.mark.django_db
def test_no_address_has_no_hash_and_makes_no_key():
    assert event_hash("") == ""
    assert not AddressSalt.objects.exists()


@pytest.mark.django_db
def test_the_next_day_the_same_address_has_another_hash():
    before = event_hash(ANNA)
    let_pass(days=1)
    assert event_hash(ANNA) != before
    assert AddressSalt.objects.count() == 2


@pytest.mark.django_db
def test_cleanup_destroys_a_key_after_48_hours_and_then_nobody_can_recompute():
    before = event_hash(ANNA)
    key = bytes(AddressSalt.objects.get().salt)

    let_pass(days=1)
    cleanup.run()
    assert bytes(AddressSalt.objects.get().salt) == key

    let_pass(days=1)
    cleanup.run()
    assert not AddressSalt.objects.exists()
    assert event_hash(ANNA) != before
    assert bytes(AddressSalt.objects.get().salt) != key


@pytest.mark.django_db
def test_a_key_goes_48_hours_after_its_day_began_to_the_second():
    day = timezone.now().date()
    event_hash(ANNA)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)

    assert destroy_old_keys(midnight + timedelta(hours=48, seconds=-1)) == 0
    assert destroy_old_keys(midnight + timedelta(hours=48)) == 1


@pytest.mark.usefixtures("on_postgres")
def test_parallel_first_callers_of_a_day_agree_on_one_key():
    barrier = threading.Barrier(16)
    hashes: list[str] = []

    def ask() -> None:
        try:
            barrier.wait(timeout=30)
            hashes.append(event_hash(ANNA))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert len(hashes) == 16
    assert len(set(hashes)) == 1
    assert AddressSalt.objects.count() == 1
