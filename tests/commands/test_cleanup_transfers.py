"""cleanup_transfers: nothing stays too long, nothing goes too early, nothing is orphaned."""

import io
import os
import threading
from contextlib import suppress
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from harness.waiting import wait_until
from tests.actors import MIB, Sender, code_of, fetch
from tests.clock import let_pass, now_is_past_every_lease
from transfers.models import Lease, SealedManifest, State, Transfer
from transfers.stores.base import StoreUnavailable

pytestmark = pytest.mark.django_db


def cleanup(*arguments: str) -> str:
    out = io.StringIO()
    call_command("cleanup_transfers", *arguments, stdout=out)
    return out.getvalue().strip()


def state_of(sender: Sender) -> tuple[str, str]:
    row = Transfer.objects.get(pk=sender.transfer_id)
    return row.state, row.reason


def test_expired_transfers_lose_their_bytes_and_leave_a_tombstone(store):
    sender = Sender().send(expires_in_seconds=60)
    recipient = sender.recipient()
    let_pass(minutes=2)

    assert (
        cleanup()
        == "closed: 1 expired, 0 exhausted, 0 abandoned; deleted: 1; failed: 0; forgotten: 0"
    )

    assert store.is_absent(sender.transfer_id)
    assert state_of(sender) == (State.DELETED, "expired")
    assert not SealedManifest.objects.exists()
    row = Transfer.objects.get()
    assert (row.envelope, row.multipart_id) == ("", "")
    assert {bytes(row.proof_hash), bytes(row.link_proof_hash)} == {b""}
    assert code_of(recipient.info()) == (410, "transfer_expired")
    assert code_of(recipient.lease()) == (410, "transfer_expired")
    assert sender.manage().json()["receipt"]["reason"] == "expired"


def test_used_up_transfers_go_once_the_last_download_is_over(store):
    sender = Sender().send(max_downloads=1)
    recipient = sender.recipient()
    recipient.lease()
    cleanup()
    assert recipient.download() == sender.payload

    recipient.finish()
    cleanup()

    assert store.is_absent(sender.transfer_id)
    assert code_of(recipient.info()) == (410, "transfer_exhausted")


def test_expiry_waits_for_a_live_lease_and_no_longer():
    sender = Sender().send(expires_in_seconds=60)
    recipient = sender.recipient()
    url = recipient.lease().json()["url"]
    let_pass(minutes=2)

    cleanup()
    assert state_of(sender)[0] == State.COMPLETED
    assert fetch(url)[1] == sender.payload

    now_is_past_every_lease()
    cleanup()
    assert state_of(sender) == (State.DELETED, "expired")


def test_abandoned_uploads_go_and_uploads_in_progress_stay(store):
    abandoned, active = Sender(payload=os.urandom(6 * MIB)), Sender(payload=os.urandom(6 * MIB))
    for sender in (abandoned, active):
        sender.create()
        sender.upload(0)
    let_pass(hours=25)
    active.sign(1)

    cleanup()

    assert state_of(abandoned) == (State.DELETED, "abandoned")
    assert store.is_absent(abandoned.transfer_id)
    active.upload(1)
    assert active.complete().status_code == 200
    assert active.recipient().download() == active.payload


def test_a_live_transfer_is_left_alone():
    sender = Sender().send(max_downloads=2)
    sender.recipient().lease()
    cleanup()
    assert sender.recipient().download() == sender.payload


def test_a_failing_delete_leaves_the_row_for_the_next_run_and_says_so(monkeypatch):
    from transfers.lifecycle import uploads

    stubborn, easy = (Sender().send(expires_in_seconds=60) for _ in range(2))
    let_pass(minutes=2)
    store = uploads.store_of(Transfer.objects.first())
    real_delete = store.delete

    def failing(transfer_id: str) -> None:
        if transfer_id == stubborn.transfer_id:
            raise StoreUnavailable("down")
        real_delete(transfer_id)

    monkeypatch.setattr(store, "delete", failing)
    with pytest.raises(CommandError, match="1 transfers could not be deleted"):
        cleanup()

    assert state_of(easy) == (State.DELETED, "expired")
    assert state_of(stubborn) == (State.DELETING, "expired")
    assert not store.is_absent(stubborn.transfer_id)
    assert code_of(stubborn.recipient().info()) == (410, "transfer_expired")

    monkeypatch.undo()
    cleanup()
    assert state_of(stubborn) == (State.DELETED, "expired")
    assert store.is_absent(stubborn.transfer_id)


def test_bytes_that_survive_their_deletion_keep_the_row_open(monkeypatch):
    from transfers.lifecycle import uploads

    sender = Sender().send(expires_in_seconds=60)
    let_pass(minutes=2)
    store = uploads.store_of(Transfer.objects.get())
    monkeypatch.setattr(store, "delete", lambda transfer_id: None)

    with pytest.raises(CommandError):
        cleanup()
    assert state_of(sender) == (State.DELETING, "expired")


def test_a_dead_store_is_waited_for(own_seaweed, settings, bucket_name, monkeypatch):
    from tests.store_settings import use_s3
    from transfers.stores import current_store

    for name, value in own_seaweed.environment.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    use_s3(
        settings,
        S3_BUCKET=bucket_name,
        S3_ENDPOINT_URL=own_seaweed.endpoint_url,
        S3_REGION=own_seaweed.region,
    )
    current_store().provision(["http://localhost:8000"])
    sender = Sender().send(expires_in_seconds=60)
    let_pass(minutes=2)

    own_seaweed.stop()
    with pytest.raises(CommandError):
        cleanup()
    assert state_of(sender) == (State.DELETING, "expired")

    own_seaweed.start()

    def lists_again() -> bool:
        with suppress(StoreUnavailable):
            return not current_store().is_absent(sender.transfer_id)
        return False

    wait_until(lists_again, "the store's own start")
    cleanup()
    assert state_of(sender) == (State.DELETED, "expired")
    assert current_store().is_absent(sender.transfer_id)


def test_dry_run_says_what_would_happen_and_does_nothing():
    sender = Sender().send(expires_in_seconds=60)
    let_pass(minutes=2)

    said = cleanup("--dry-run")

    assert said.startswith("would be closed: 1 expired, 0 exhausted, 0 abandoned; deleted: 1")
    assert state_of(sender)[0] == State.COMPLETED


def test_running_twice_changes_nothing_more():
    Sender().send(expires_in_seconds=60)
    let_pass(minutes=2)
    cleanup()
    assert cleanup().startswith("closed: 0 expired, 0 exhausted, 0 abandoned; deleted: 0")


def test_tombstones_answer_gone_for_30_days_and_are_then_forgotten():
    sender = Sender().send(expires_in_seconds=60)
    let_pass(minutes=2)
    cleanup()
    let_pass(days=29)
    cleanup()
    assert code_of(sender.recipient().info()) == (410, "transfer_expired")

    let_pass(days=2)
    assert code_of(sender.recipient().info()) == (404, "transfer_not_found")
    cleanup()
    assert not Transfer.objects.exists()


def test_sign_ins_that_are_over_are_forgotten():
    for key, days in {"over": -1, "lasting": 1}.items():
        ends_at = timezone.now() + timedelta(days=days)
        Session.objects.create(session_key=key, session_data="", expire_date=ends_at)
    cleanup()
    assert [row.session_key for row in Session.objects.all()] == ["lasting"]


@pytest.mark.usefixtures("on_postgres")
def test_two_runs_at_once_delete_each_transfer_and_fail_at_none():
    senders = [Sender().send(expires_in_seconds=60) for _ in range(20)]
    let_pass(minutes=2)
    barrier, failures = threading.Barrier(3), []

    def run() -> None:
        try:
            barrier.wait(timeout=30)
            cleanup()
        except Exception as exc:
            failures.append(exc)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert failures == []
    assert {state_of(sender) for sender in senders} == {(State.DELETED, "expired")}
    assert not Lease.objects.exists()
