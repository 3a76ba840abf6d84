"""Somebody has link and key, and every download that the sender allowed is used up by others."""

import pytest

from tests.actors import Recipient, Sender, code_of, fetch, post, random_secret
from tests.clock import let_pass, now_is_past_every_lease
from transfers.models import Lease, Transfer

pytestmark = pytest.mark.django_db

EXHAUSTED = (410, "transfer_exhausted")


@pytest.fixture
def sender() -> Sender:
    """Allowed one download, which is done."""
    sender = Sender().send(max_downloads=1)
    first = sender.recipient()
    assert first.download() == sender.payload
    assert first.finish().status_code == 200
    return sender


@pytest.fixture
def late(sender: Sender) -> Recipient:
    return sender.recipient()


def require_nothing_was_taken(sender: Sender) -> None:
    row = Transfer.objects.get(pk=sender.transfer_id)
    assert (row.download_count, row.max_downloads) == (1, 1)
    assert row.leases.count() == 1


def test_the_live_lease_of_another_transfer_opens_nothing(sender: Sender, late: Recipient):
    elsewhere = Sender().send().recipient()
    assert elsewhere.lease().status_code == 200
    late.lease_token = elsewhere.lease_token

    assert code_of(late.info(with_lease=True)) == EXHAUSTED
    assert code_of(late.manifest(lease_token=elsewhere.lease_token)) == EXHAUSTED
    assert code_of(late.lease()) == EXHAUSTED
    assert code_of(late.finish()) == (404, "lease_not_found")
    require_nothing_was_taken(sender)


def test_an_address_signed_for_another_transfer_gives_no_byte_of_this_one(sender: Sender, late):
    other = Sender().send()
    url = other.recipient().lease().json()["url"]
    assert fetch(url.replace(other.transfer_id, late.transfer_id))[0] == 403


@pytest.mark.parametrize("secret", ["link_proof", "proof", "lease_token"])
def test_what_a_recipient_knows_is_no_owner_token(sender: Sender, late: Recipient, secret: str):
    pretender = Sender(owner_token=getattr(late, secret), transfer_id=sender.transfer_id)
    assert code_of(pretender.change(max_downloads=9)) == (403, "owner_token_wrong")
    assert code_of(pretender.delete()) == (403, "owner_token_wrong")
    require_nothing_was_taken(sender)


@pytest.mark.parametrize("members", [{"max_downloads": None}, {"download_count": 0}, {"state": ""}])
def test_a_lease_takes_no_terms_from_its_caller(sender: Sender, late: Recipient, members: dict):
    assert code_of(late.lease(**members)) == (422, "invalid_request")
    require_nothing_was_taken(sender)


def test_the_download_of_before_is_not_begun_again(sender: Sender):
    """A token that is over stays over, however time passes and whoever brings it."""
    used_up = Sender().send(max_downloads=1)
    holder = used_up.recipient()
    assert holder.lease().status_code == 200
    now_is_past_every_lease()
    assert code_of(holder.lease()) == (409, "lease_ended")
    let_pass(hours=1)
    assert code_of(holder.lease()) == (409, "lease_ended")
    assert code_of(holder.info(with_lease=True)) == EXHAUSTED
    path = f"/transfers/download/{used_up.transfer_id}/lease"
    body = holder.proofs | {"lease_token": random_secret()}
    assert code_of(post(path, body)) == EXHAUSTED
    assert Lease.objects.filter(transfer=used_up.transfer_id).count() == 1
