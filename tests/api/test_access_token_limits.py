"""What a token of the database allows, what it is charged, and what it gets back."""

import pytest

from tests.actors import MIB, code_of, post
from tests.clock import let_pass
from tests.token_holders import SHARED, holder, issue, token_row, usage
from transfers.maintenance import cleanup
from transfers.models import State, Transfer
from transfers.stores.base import StoreUnavailable

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def token_mode(settings):
    settings.UPLOAD_ACCESS, settings.ACCESS_TOKEN = "token", SHARED


def test_bytes_are_counted_and_limited():
    text = issue(max_total_bytes=1000, max_transfer_bytes=700)
    too_long = holder(text, payload=bytes(757)).create()
    assert code_of(too_long) == (413, "access_token_transfer_too_large")
    assert holder(text, payload=bytes(756)).create().status_code == 200
    refused = holder(text, payload=bytes(357)).create()
    assert code_of(refused) == (413, "access_token_bytes_exceeded")
    assert "300 B" in refused.json()["detail"]
    assert holder(text, payload=bytes(356)).create().status_code == 200
    assert usage() == (2, 1000)
    assert code_of(holder(text, payload=bytes(57)).create()) == (403, "access_token_used_up")


def test_a_declared_size_below_what_the_payload_holds_is_not_believed():
    text = issue(max_total_bytes=10 * MIB)
    payload_bytes = 12 * MIB
    liar = holder(text, payload=bytes(payload_bytes)).create(file_size_bytes=0)
    assert code_of(liar) == (413, "access_token_bytes_exceeded")
    assert holder(text, payload=bytes(9 * MIB)).create(file_size_bytes=0).status_code == 200
    parts_bytes = 9 * MIB - 2 * 40 - 36 * 16
    assert usage() == (1, parts_bytes)


def test_a_raw_upload_is_no_longer_than_its_token_was_charged():
    header = {"x-sgraph-access-token": issue(max_total_bytes=5)}
    created = post("/transfers/create", {"file_size_bytes": 5}, **header)
    path = created.json()["upload_url"]
    assert code_of(post(path, "longer", **header)) == (413, "transfer_too_large")
    assert post(path, 123, **header).status_code == 200
    done = path.replace("upload", "complete")
    other = {"x-sgraph-access-token": SHARED}
    assert code_of(post(path, 123, **other)) == (403, "access_token_differs")
    assert code_of(post(done, **other)) == (403, "access_token_differs")
    assert post(done, **header).status_code == 200


def test_the_longest_expiry_of_a_token():
    text = issue(max_expiry_seconds=3600)
    refused = holder(text).create(expires_in_seconds=3601)
    assert code_of(refused) == (422, "access_token_expiry_too_long")
    assert "1h" in refused.json()["detail"]
    assert holder(text).create().status_code == 200
    assert Transfer.objects.get().expires_in_seconds == 3600
    assert usage()[0] == 1


def test_what_was_aborted_is_given_back_once(store):
    sender = holder(issue(max_transfers=1))
    sender.create()
    sender.upload()
    assert sender.abort().status_code == 200
    assert usage() == (0, 0)
    sender.abort()
    sender.delete()
    cleanup.run()
    assert usage() == (0, 0)
    assert token_row().last_used_at is not None
    again = holder(sender.access_token).send()
    again.delete()
    cleanup.run()
    assert usage()[0] == 1


def test_what_was_abandoned_is_given_back_once():
    text = issue()
    sender = holder(text)
    sender.create()
    holder(text).send()
    let_pass(days=2)
    cleanup.run()
    cleanup.run()
    assert Transfer.objects.get(pk=sender.transfer_id).state == State.DELETED
    assert usage() == (1, len(sender.payload) - 56)


def test_a_store_that_does_not_begin_costs_nothing(monkeypatch):
    from transfers.stores.local import LocalStore

    def unavailable(*args: object) -> str:
        raise StoreUnavailable("down")

    monkeypatch.setattr(LocalStore, "begin", unavailable)
    refused = holder(issue(max_transfers=1)).create()
    assert code_of(refused) == (503, "store_unavailable")
    assert usage() == (0, 0)
