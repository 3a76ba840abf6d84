"""The limit under parallel callers, on a real PostgreSQL."""

import threading

import pytest
from django.db import connection

from tests.actors import Recipient, Sender
from transfers.models import Lease, Transfer

LIMIT = 7


def _all_at_once(recipients: list[Recipient]) -> list[int]:
    barrier = threading.Barrier(len(recipients))
    statuses: list[int] = []

    def take(recipient: Recipient) -> None:
        try:
            barrier.wait(timeout=30)
            statuses.append(recipient.lease().status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=[recipient]) for recipient in recipients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return statuses


@pytest.mark.usefixtures("on_postgres")
def test_parallel_recipients_get_exactly_as_many_downloads_as_allowed():
    sender = Sender().send(max_downloads=LIMIT)

    statuses = _all_at_once([sender.recipient() for _ in range(40)])

    assert sorted(statuses) == [200] * LIMIT + [410] * (40 - LIMIT)
    assert Lease.objects.count() == LIMIT
    assert Transfer.objects.get().download_count == LIMIT


@pytest.mark.usefixtures("on_postgres")
def test_one_lease_token_sent_in_parallel_counts_once():
    recipient = Sender().send(max_downloads=5).recipient()

    statuses = _all_at_once([recipient] * 20)

    assert statuses == [200] * 20
    assert Lease.objects.count() == 1
    assert Transfer.objects.get().download_count == 1
