"""Downloads and their limit."""

from datetime import datetime

import pytest

from tests.actors import Sender, code_of, fetch, random_secret
from tests.clock import let_pass, now_is_past_every_lease
from transfers.database_pool import fetch_row
from transfers.lifecycle import leases
from transfers.models import Lease, Transfer

pytestmark = pytest.mark.django_db


def test_the_same_lease_token_is_the_same_download():
    recipient = Sender().send(max_downloads=1).recipient()

    assert recipient.lease().json()["downloads_remaining"] == 0
    assert recipient.lease().status_code == 200
    assert Lease.objects.count() == 1
    assert Transfer.objects.get().download_count == 1


def test_a_second_download_past_the_limit_is_refused():
    sender = Sender().send(max_downloads=1)
    sender.recipient().lease()

    assert code_of(sender.recipient().lease()) == (410, "transfer_exhausted")
    assert Transfer.objects.get().download_count == 1


def test_without_a_limit_downloads_never_run_out():
    sender = Sender().send(max_downloads=None)
    for _ in range(3):
        assert sender.recipient().lease().json()["downloads_remaining"] is None
    assert Transfer.objects.get().download_count == 3


def test_a_live_lease_outlives_expiry_and_the_limit():
    sender = Sender().send(max_downloads=1, expires_in_seconds=3600)
    recipient = sender.recipient()
    recipient.lease()
    let_pass(hours=2)

    assert recipient.info(with_lease=True).status_code == 200
    assert recipient.manifest(lease_token=recipient.lease_token).status_code == 200
    assert recipient.download() == sender.payload
    assert code_of(recipient.info()) == (410, "transfer_expired")
    assert code_of(recipient.manifest()) == (410, "transfer_expired")
    assert code_of(sender.recipient().lease()) == (410, "transfer_expired")


def test_a_finished_lease_can_not_be_taken_up_again():
    recipient = Sender().send(max_downloads=2).recipient()
    recipient.lease()

    assert recipient.finish().json()["state"] == "finished"
    assert recipient.finish().status_code == 200
    assert code_of(recipient.lease()) == (409, "lease_ended")
    assert Transfer.objects.get().download_count == 1


def test_a_download_taken_up_while_its_transfer_is_deleted_is_told_so(monkeypatch):
    sender = Sender().send()
    recipient = sender.recipient()
    recipient.lease()

    def found_and_then_deleted(*arguments: object) -> tuple | None:
        row = fetch_row(*arguments)
        sender.delete()
        return row

    monkeypatch.setattr(leases, "fetch_row", found_and_then_deleted)
    assert code_of(recipient.lease()) == (404, "transfer_not_found")


def leased_until() -> datetime | None:
    return Transfer.objects.get().leased_until


def test_the_transfer_knows_when_its_last_download_has_to_end():
    sender = Sender().send(max_downloads=None)
    assert leased_until() is None
    first, second = sender.recipient(), sender.recipient()
    first.lease()
    let_pass(hours=1)
    second.lease()
    ends = list(Lease.objects.values_list("expires_at", flat=True))
    assert leased_until() == ends[1] > ends[0]

    first.lease()
    extended = Lease.objects.first().expires_at
    assert leased_until() == extended > ends[1]

    first.finish()
    assert leased_until() == ends[1]
    second.finish()
    assert leased_until() is None


def test_a_lease_that_ran_out_can_not_be_taken_up_again():
    recipient = Sender().send(max_downloads=2).recipient()
    recipient.lease()
    now_is_past_every_lease()

    assert code_of(recipient.lease()) == (409, "lease_ended")


def test_a_lease_is_extended_by_use_but_not_past_72_hours():
    recipient = Sender().send().recipient()
    recipient.lease()
    for _ in range(3):
        let_pass(hours=23)
        assert recipient.lease().status_code == 200
    let_pass(hours=4)

    assert code_of(recipient.lease()) == (409, "lease_ended")


def test_stranger_with_the_id_alone_gets_neither_names_nor_bytes_nor_a_download():
    sender = Sender().send(max_downloads=1)
    stranger = sender.stranger()

    assert code_of(stranger.manifest()) == (403, "link_proof_wrong")
    assert code_of(stranger.lease()) == (403, "link_proof_wrong")
    assert Transfer.objects.get().download_count == 0


def test_link_without_the_passphrase_gets_neither_names_nor_bytes_nor_a_download():
    sender = Sender().send(max_downloads=1)
    recipient = sender.recipient()
    recipient.proof = random_secret()

    assert code_of(recipient.manifest()) == (403, "proof_wrong")
    assert code_of(recipient.lease()) == (403, "proof_wrong")
    assert Transfer.objects.get().download_count == 0


def test_proofs_are_asked_before_the_state_of_an_unfinished_transfer_is_told():
    sender = Sender()
    sender.create()

    assert code_of(sender.stranger().manifest()) == (403, "link_proof_wrong")
    assert code_of(sender.recipient().manifest()) == (409, "transfer_not_ready")
    assert code_of(sender.recipient().lease()) == (409, "transfer_not_ready")


def test_finishing_a_download_that_was_never_started_is_refused():
    assert code_of(Sender().send().recipient().finish()) == (404, "lease_not_found")


def test_a_tampered_or_expired_download_url_is_refused():
    sender = Sender().send()
    url = sender.recipient().lease().json()["url"]
    other = Sender().send()

    assert fetch(url.replace(sender.transfer_id, other.transfer_id))[0] == 403
    assert fetch(url.replace("until=", "until=9"))[0] == 403
    assert fetch(url.split("?")[0])[0] == 403
    assert fetch(url[:-1] + ("0" if url[-1] != "0" else "1"))[0] == 403


@pytest.mark.parametrize("byte_range", ["bytes=102-102", "bytes=5-4", "lines=1-2", "bytes=-"])
def test_a_range_outside_the_object_is_refused(byte_range: str):
    recipient = Sender(payload=b"x" * 102).send().recipient()
    assert fetch(recipient.lease().json()["url"], byte_range)[0] == 416


def test_open_and_suffix_ranges_work():
    recipient = Sender(payload=bytes(range(102))).send().recipient()
    url = recipient.lease().json()["url"]
    assert fetch(url, "bytes=100-") == (206, bytes([100, 101]))
    assert fetch(url, "bytes=-2") == (206, bytes([100, 101]))
    assert fetch(url, "bytes=90-500") == (206, bytes(range(90, 102)))
