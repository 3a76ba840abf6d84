"""The events of a transfer: one for each step, in the transaction of the step."""

import pytest
from django.db import IntegrityError
from django.test import Client

from tests.actors import Recipient, Sender, code_of, get, post
from tests.clock import let_pass
from transfers.lifecycle import deletion, leases, uploads
from transfers.models import Lease, Reason, Transfer, TransferEvent

pytestmark = pytest.mark.django_db


def kinds(sender: Sender) -> list[str]:
    return [event["kind"] for event in sender.manage().json()["events"]]


def lease_from(recipient: Recipient, address: str) -> None:
    body = {**recipient.proofs, "lease_token": recipient.lease_token}
    path = f"/transfers/download/{recipient.transfer_id}/lease"
    answer = Client(REMOTE_ADDR=address).post(path, body, content_type="application/json")
    assert answer.status_code == 200


def test_the_life_of_a_transfer_is_told_in_order():
    sender = Sender().send(max_downloads=5)
    recipient = sender.recipient()
    recipient.lease()
    recipient.finish()
    sender.change(expires_in_seconds=3600)
    sender.change(max_downloads=4)
    sender.revoke()

    assert kinds(sender) == [
        "completed",
        "download_started",
        "download_finished",
        "expiry_changed",
        "limit_changed",
        "revoked",
    ]


def test_what_is_repeated_or_refused_is_no_event():
    sender = Sender().send(max_downloads=2)
    recipient = sender.recipient()
    for call in (recipient.lease, recipient.lease, recipient.finish, recipient.finish):
        call()
    sender.complete()
    sender.change(max_downloads=2)
    sender.change(max_downloads=100_001)
    sender.stranger().lease()

    assert kinds(sender) == ["completed", "download_started", "download_finished"]


def test_a_sender_sees_that_two_downloads_came_from_one_address_and_not_which():
    sender = Sender().send(max_downloads=5)
    for address in ("192.0.2.7", "192.0.2.7", "198.51.100.1"):
        lease_from(sender.recipient(), address)

    answer = sender.manage()
    first, again, other = (
        event["visitor"] for event in answer.json()["events"] if event["kind"] == "download_started"
    )

    assert first == again != other
    assert len(first) == 8
    assert "192.0.2" not in answer.text
    assert [download["visitor"] for download in answer.json()["downloads"]] == [first, again, other]


def test_the_next_day_the_same_address_is_somebody_else():
    sender = Sender().send(max_downloads=5)
    lease_from(sender.recipient(), "192.0.2.7")
    let_pass(days=1)
    lease_from(sender.recipient(), "192.0.2.7")

    visitors = [download["visitor"] for download in sender.manage().json()["downloads"]]
    assert len(set(visitors)) == 2


def test_only_the_start_of_a_download_keeps_an_address():
    sender = Sender().send(max_downloads=5)
    recipient = sender.recipient()
    recipient.lease()
    recipient.finish()
    sender.revoke()

    kept = TransferEvent.objects.exclude(address_hash="").values_list("kind", flat=True)
    assert list(kept) == ["download_started"]


def test_an_event_that_can_not_be_written_undoes_what_it_tells(monkeypatch):
    sender = Sender().send(max_downloads=5)
    transfer = Transfer.objects.get()

    def failing(*args, **kwargs) -> None:
        raise IntegrityError("no room")

    monkeypatch.setattr(TransferEvent.objects, "create", failing)
    with pytest.raises(Exception, match=r"no room|lease_ended"):
        leases.take(transfer, sender.recipient().lease_token, "192.0.2.7")

    assert Transfer.objects.get().download_count == 0
    assert not Lease.objects.exists()


def test_a_deletion_that_waits_for_the_store_is_told_and_its_end_erases_all(monkeypatch):
    from transfers.stores.base import StoreUnavailable

    def failing(transfer_id: str) -> None:
        raise StoreUnavailable("down")

    sender = Sender().send()
    monkeypatch.setattr(uploads.store_of(Transfer.objects.get()), "delete", failing)
    sender.delete()
    assert kinds(sender) == ["completed", "deletion_asked"]

    monkeypatch.undo()
    sender.delete()
    assert not TransferEvent.objects.exists()
    assert kinds(sender) == []


def test_raw_transfers_have_no_events():
    created = post("/transfers/create", {"file_size_bytes": 3}).json()
    transfer_id = created["transfer_id"]
    upload = Client().post(created["upload_url"], b"raw", content_type="application/octet-stream")
    assert upload.status_code == 200
    post(f"/transfers/complete/{transfer_id}")
    get(f"/transfers/download/{transfer_id}").getvalue()
    assert Transfer.objects.get().download_count == 1
    deletion.delete(Transfer.objects.get(), Reason.OPERATOR)

    assert not TransferEvent.objects.exists()


def test_a_stranger_sees_no_events():
    sender = Sender().send()
    stranger = Sender(transfer_id=sender.transfer_id)
    assert code_of(stranger.manage()) == (403, "owner_token_wrong")


def test_of_very_many_events_the_latest_are_told():
    sender = Sender().send(max_downloads=None)
    transfer = Transfer.objects.get()
    TransferEvent.objects.bulk_create(
        TransferEvent(transfer=transfer, kind="download_finished") for _ in range(250)
    )
    assert kinds(sender) == ["download_finished"] * 200
