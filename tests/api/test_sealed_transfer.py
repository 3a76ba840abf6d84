"""A sealed transfer from creation to its last byte, on both stores."""

import os

import pytest

from tests.actors import MIB, Sender, code_of, fetch, get, put
from transfers.models import Lease, State, Transfer
from transfers.stores.base import StoreUnavailable

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]


def test_recipient_gets_exactly_the_bytes_that_the_sender_uploaded():
    sender = Sender(payload=os.urandom(12 * MIB + 7)).send(max_downloads=3)

    recipient = sender.recipient()
    info = recipient.info().json()
    assert info["status"] == "completed"
    assert info["payload_bytes"] == len(sender.payload)
    assert info["downloads_remaining"] == 3
    assert recipient.download() == sender.payload
    assert recipient.info().json()["downloads_remaining"] == 2


def test_ranges_across_parts_are_exact():
    sender = Sender(payload=os.urandom(10 * MIB + 9)).send()
    url = sender.recipient().lease().json()["url"]

    for first, last in [
        (0, 0),
        (5 * MIB - 3, 5 * MIB + 3),
        (1, 10 * MIB + 8),
        (10 * MIB, 10 * MIB),
    ]:
        assert fetch(url, f"bytes={first}-{last}") == (206, sender.payload[first : last + 1])


def test_parts_may_be_uploaded_in_any_order_and_again():
    sender = Sender(payload=os.urandom(11 * MIB))
    sender.create()
    sender.upload(2)
    sender.upload(0)
    assert sender.list_parts().json()["parts"] == [
        {"index": 0, "size_bytes": 5 * MIB},
        {"index": 2, "size_bytes": 1 * MIB},
    ]
    sender.upload(0)
    sender.upload(1)
    assert sender.complete().status_code == 200
    assert sender.recipient().download() == sender.payload


def test_completing_without_all_parts_names_the_missing_ones_and_stays_pending():
    sender = Sender(payload=os.urandom(11 * MIB))
    sender.create()
    sender.upload(1)

    response = sender.complete()

    assert code_of(response) == (409, "parts_missing")
    assert response.json()["missing"] == [0, 2]
    assert Transfer.objects.get().state == State.PENDING


def test_completing_again_answers_the_same_for_the_same_manifest_only():
    sender = Sender().send()

    assert sender.complete().status_code == 200
    assert code_of(sender.complete(os.urandom(4156))) == (409, "manifest_differs")


def test_a_completion_that_stopped_half_way_is_taken_up_again(store):
    sender = Sender()
    sender.create()
    sender.upload()
    sender.complete()
    # As a crash between the store's completion and our own would leave it.
    Transfer.objects.update(state=State.COMPLETING, completed_at=None)

    assert sender.complete().status_code == 200
    assert Transfer.objects.get().state == State.COMPLETED


def test_completing_lists_the_parts_once_unless_an_earlier_try_stopped(store, monkeypatch):
    asked = []
    list_parts, join = store.list_parts, store.complete

    def refuse(*_: object) -> None:
        raise StoreUnavailable("parts changed")

    monkeypatch.setattr(store, "list_parts", lambda *upload: asked.append(1) or list_parts(*upload))
    sender = Sender(payload=os.urandom(6 * MIB))
    sender.create()
    sender.upload()
    monkeypatch.setattr(store, "complete", refuse)
    assert sender.complete().status_code == 503
    assert len(asked) == 1

    monkeypatch.setattr(store, "complete", join)
    assert sender.complete().status_code == 200
    assert len(asked) == 2
    assert sender.recipient().download() == sender.payload


def test_a_part_replaced_while_parts_are_joined_leaves_one_of_the_two_whole(store, monkeypatch):
    sender = Sender(payload=os.urandom(6 * MIB))
    sender.create()
    sender.upload()
    url = sender.sign(1).json()["parts"][0]["url"]
    first, second = sender.payload, sender.payload[: 5 * MIB] + os.urandom(MIB)
    join = store.complete

    def overtaken(*upload: object) -> None:
        assert put(url, second[5 * MIB :]) in (200, 409)  # the local store takes no more
        join(*upload)

    with monkeypatch.context() as patch:
        patch.setattr(store, "complete", overtaken)
        assert sender.complete().status_code in (200, 503)

    assert sender.complete().status_code == 200
    assert sender.recipient().download() in (first, second)


def test_a_part_of_another_length_than_signed_is_refused_by_the_store():
    sender = Sender(payload=os.urandom(6 * MIB))
    sender.create()
    url = sender.sign(1).json()["parts"][0]["url"]

    assert put(url, os.urandom(MIB + 1)) in (403, 422)
    assert put(url, os.urandom(MIB - 1)) in (403, 422)
    assert sender.list_parts().json()["parts"] == []


def test_nothing_can_be_written_after_completion():
    sender = Sender()
    sender.create()
    url = sender.sign(0).json()["parts"][0]["url"]
    assert put(url, sender.payload) == 200
    sender.complete()

    assert put(url, os.urandom(len(sender.payload))) in (404, 409)
    assert code_of(sender.sign(0)) == (409, "transfer_not_pending")
    assert sender.recipient().download() == sender.payload


def test_a_cancelled_upload_leaves_nothing_in_the_store(store):
    sender = Sender(payload=os.urandom(6 * MIB))
    sender.create()
    url = sender.sign(0, 1).json()["parts"][0]["url"]
    sender.upload(0)

    assert sender.abort().json()["state"] == "deleted"
    assert store.is_absent(sender.transfer_id)
    assert put(url, sender.parts()[0]) in (404, 409)
    assert store.is_absent(sender.transfer_id)
    assert code_of(get(f"/transfers/info/{sender.transfer_id}")) == (404, "transfer_not_found")


def test_owner_deletes_without_waiting_for_a_download_that_runs(store):
    sender = Sender().send()
    recipient = sender.recipient()
    url = recipient.lease().json()["url"]

    assert sender.delete().json()["state"] == "deleted"
    assert store.is_absent(sender.transfer_id)
    assert fetch(url)[0] == 404
    assert code_of(recipient.lease()) == (404, "transfer_not_found")
    tombstone = Transfer.objects.get()
    assert (tombstone.state, tombstone.reason) == (State.DELETED, "owner")
    assert (tombstone.envelope, bytes(tombstone.proof_hash)) == ("", b"")
    assert not Lease.objects.exists()
