"""What the sender sees and does afterwards."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from tests.actors import Sender, code_of
from tests.clock import let_pass
from transfers.lifecycle import deletion, uploads
from transfers.models import Lease, Reason, State, Transfer
from transfers.stores.base import StoreUnavailable

pytestmark = pytest.mark.django_db


def test_owner_sees_each_download_with_its_times():
    sender = Sender().send(max_downloads=5)
    finished, running = sender.recipient(), sender.recipient()
    finished.lease()
    finished.finish()
    running.lease()

    seen = sender.manage().json()

    assert seen["state"] == "completed"
    assert seen["download_count"] == 2
    assert seen["downloads_remaining"] == 3
    assert [download["live"] for download in seen["downloads"]] == [False, True]
    assert seen["downloads"][0]["finished_at"]
    assert seen["downloads"][1]["finished_at"] is None


def test_owner_sees_why_a_transfer_is_closed():
    used_up = Sender().send(max_downloads=1)
    used_up.recipient().lease()
    assert used_up.manage().json()["state"] == "exhausted"

    expired = Sender().send(expires_in_seconds=60)
    unfinished = Sender()
    unfinished.create()
    assert unfinished.manage().json()["state"] == "pending"
    let_pass(minutes=2)
    assert expired.manage().json()["state"] == "expired"


def test_expiry_counts_from_completion():
    sender = Sender()
    sender.create(expires_in_seconds=3600)
    let_pass(hours=5)
    sender.upload()
    assert sender.complete().status_code == 200
    assert sender.recipient().info().status_code == 200


def test_a_deletion_that_the_store_fails_is_accepted_and_left_to_cleanup(monkeypatch):
    sender = Sender().send()
    store = uploads.store_of(Transfer.objects.get())

    def failing(transfer_id: str) -> None:
        raise StoreUnavailable("down")

    monkeypatch.setattr(store, "delete", failing)
    response = sender.delete()

    assert response.status_code == 202
    assert response.json()["state"] == "deleting"
    row = Transfer.objects.get()
    assert (row.state, row.reason) == (State.DELETING, Reason.OWNER)
    assert code_of(sender.recipient().info()) == (404, "transfer_not_found")
    monkeypatch.undo()
    assert sender.delete().json()["state"] == "deleted"


def test_stranger_does_not_learn_that_a_deletion_is_under_way():
    sender = Sender().send()
    deletion.close(Transfer.objects.all(), Reason.OWNER)
    stranger = Sender(transfer_id=sender.transfer_id)
    assert code_of(stranger.manage()) == (404, "transfer_not_found")
    assert sender.manage().json()["state"] == "deleting"


def test_owner_sees_the_last_downloads_and_no_endless_list():
    sender = Sender().send()
    now = timezone.now()
    Lease.objects.bulk_create(
        Lease(
            transfer=Transfer.objects.get(),
            token_hash=bytes([number]) * 32,
            created_at=now + timedelta(seconds=number),
            expires_at=now,
        )
        for number in range(250)
    )
    downloads = sender.manage().json()["downloads"]
    assert len(downloads) == 200
    assert downloads == sorted(downloads, key=lambda download: download["started_at"])
    assert parse_datetime(downloads[-1]["started_at"]) >= now + timedelta(seconds=248)


def test_deleting_again_gets_the_same_receipt():
    sender = Sender().send()
    first = sender.delete().json()
    assert first["receipt"]
    assert sender.delete().json() == first
    assert sender.manage().json()["receipt"] == first["receipt"]


def test_stranger_cannot_delete():
    sender = Sender().send()
    stranger = Sender(transfer_id=sender.transfer_id)
    assert code_of(stranger.delete()) == (403, "owner_token_wrong")
    assert sender.recipient().download() == sender.payload


def test_a_completed_transfer_can_not_be_aborted():
    sender = Sender().send()
    assert code_of(sender.abort()) == (409, "transfer_not_pending")


def test_completion_tells_what_the_row_really_holds():
    sender = Sender()
    sender.create(max_downloads=4)
    sender.upload()
    transparency = sender.complete().json()["transparency"]
    assert {"encryption key", "file names", "file contents"} <= set(transparency["not_stored"])
    told = transparency["stored_fields"]
    row = Transfer.objects.get()

    assert told.keys() == {field.name for field in row._meta.concrete_fields}
    for name in ("payload_bytes", "file_size_bytes", "max_downloads", "state", "envelope"):
        assert told[name] == getattr(row, name)
    assert told["expires_at"] == row.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert told["proof_hash"] == "SHA-256 hash"
