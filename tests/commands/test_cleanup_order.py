"""Cleanup, a download and a second pass, each stopped where the others do most harm."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone

from harness.waiting import wait_until
from tests.actors import Sender
from tests.clock import let_pass
from transfers.lifecycle import leases
from transfers.maintenance import cleanup
from transfers.models import Lease, SealedManifest, State, Transfer
from transfers.statistics import hourly
from transfers.stores import current_store


@pytest.fixture(params=["sqlite", "postgresql"])
def either_database(request: pytest.FixtureRequest, transactional_db) -> None:
    if request.param == "postgresql":
        request.getfixturevalue("on_postgres")


@pytest.fixture
def after_the_bytes_went(monkeypatch) -> Callable[[Callable[[], object]], None]:
    """Calls what it is given once, when the first pass has erased the bytes and not yet the row."""

    def interrupt(act: Callable[[], object]) -> None:
        store, acts = current_store(), [act]
        traces = store.traces

        def traces_and_act(transfer_id: str) -> dict[str, bool]:
            found = traces(transfer_id)
            if acts:
                acts.pop()()
            return found

        monkeypatch.setattr(store, "traces", traces_and_act)

    return interrupt


@contextmanager
def stopped_before_commit(monkeypatch, call: Callable[[], object]) -> Iterator[None]:
    """`call` runs in a thread, and has written all but its last statement while the body runs."""
    arrived, go_on = threading.Event(), threading.Event()

    def wait_and_count(**amounts: int) -> None:
        arrived.set()
        assert go_on.wait(30)
        hourly.count(**amounts)

    with ThreadPoolExecutor(1) as pool:
        monkeypatch.setattr(leases, "hourly", SimpleNamespace(count=wait_and_count))
        called = pool.submit(in_own_connection, call)
        try:
            assert arrived.wait(30)
            monkeypatch.setattr(leases, "hourly", hourly)
            yield
        finally:
            go_on.set()
        assert called.result().status_code == 200


def in_own_connection(call: Callable[[], object]) -> object:
    try:
        return call()
    finally:
        connection.close()


def wait_for_a_lock() -> None:
    def is_anyone_waiting() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            return cursor.fetchone()[0] > 0

    wait_until(is_anyone_waiting, "a transaction that waits for another")


def test_a_download_that_begins_while_cleanup_looks_is_not_cut_off(either_database, monkeypatch):
    sender = Sender().send(expires_in_seconds=3600)
    recipient = sender.recipient()
    begun = threading.Event()

    def after_expiry():
        begun.set()
        return timezone.now() + timedelta(hours=2)

    monkeypatch.setattr(cleanup, "timezone", SimpleNamespace(now=after_expiry))
    with ThreadPoolExecutor(1) as pool:
        with stopped_before_commit(monkeypatch, recipient.lease):
            cleaning = pool.submit(in_own_connection, cleanup.run)
            assert begun.wait(30)
            if connection.vendor == "postgresql":
                wait_for_a_lock()
        outcome = cleaning.result()

    assert (outcome.closed["expired"], outcome.deleted, outcome.failed) == (0, 0, 0)
    assert Transfer.objects.get().state == State.COMPLETED
    assert recipient.download() == sender.payload


def test_a_pass_erases_no_row_of_a_transfer_that_is_open_again(
    either_database, after_the_bytes_went
):
    """As a server of the release before reopens it, which runs on while this one is upgraded."""
    sender = Sender().send(expires_in_seconds=60)
    sender.recipient().lease()
    sender.recipient().finish()
    let_pass(days=2)
    after_the_bytes_went(
        lambda: Transfer.objects.update(state=State.COMPLETED, reason="", closed_at=None)
    )

    assert cleanup.run().deleted == 0

    row = Transfer.objects.get()
    assert (row.state, row.deleted_at) == (State.COMPLETED, None)
    assert bytes(row.proof_hash)
    assert row.leases.count() == SealedManifest.objects.count() == 1
    assert row.events.exists()


def test_two_passes_count_a_deletion_once(either_database, after_the_bytes_went):
    sender = Sender().send(expires_in_seconds=60)
    let_pass(minutes=2)
    passes = []
    after_the_bytes_went(lambda: passes.append(cleanup.run()))

    passes.append(cleanup.run())

    assert [one.deleted for one in passes] == [1, 0]
    assert hourly.totals(hourly.hours_ago(1))["bytes_erased"] == len(sender.payload)


def test_two_downloads_that_finish_at_once_leave_none_running(on_postgres, monkeypatch):
    sender = Sender().send(max_downloads=None)
    first, second = sender.recipient(), sender.recipient()
    first.lease()
    second.lease()
    with ThreadPoolExecutor(1) as pool:
        with stopped_before_commit(monkeypatch, first.finish):
            finishing = pool.submit(in_own_connection, second.finish)
            wait_for_a_lock()
        assert finishing.result().status_code == 200

    assert not Lease.objects.filter(finished_at=None).exists()
    assert Transfer.objects.get().leased_until is None
