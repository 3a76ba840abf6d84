"""What a sender changes afterwards, and what nobody can change any more."""

import threading

import pytest
from django.db import connection

from tests.actors import Sender, code_of, random_secret
from tests.clock import let_pass, now_is_past_every_lease
from transfers.lifecycle import uploads
from transfers.maintenance import cleanup
from transfers.models import AccessToken, State, Transfer
from transfers.stores.base import StoreUnavailable

DAY = 86400


def seconds_left(sender: Sender) -> float:
    row = Transfer.objects.get(pk=sender.transfer_id)
    return (row.expires_at - row.completed_at).total_seconds()


@pytest.mark.django_db
def test_expiry_and_limit_change_together_and_alone():
    sender = Sender().send(expires_in_seconds=3600, max_downloads=1)

    changed = sender.change(expires_in_seconds=5 * DAY, max_downloads=3)
    assert changed.status_code == 200
    assert changed.json()["max_downloads"] == 3
    assert seconds_left(sender) == pytest.approx(5 * DAY, abs=30)

    assert sender.change(expires_in_seconds=60).json()["max_downloads"] == 3
    assert seconds_left(sender) == pytest.approx(60, abs=30)

    assert sender.change(max_downloads=None).json()["downloads_remaining"] is None
    assert seconds_left(sender) == pytest.approx(60, abs=30)


@pytest.mark.django_db
def test_a_shorter_expiry_really_ends_it():
    sender = Sender().send()
    assert sender.change(expires_in_seconds=60).status_code == 200
    let_pass(minutes=2)
    assert code_of(sender.recipient().lease()) == (410, "transfer_expired")


@pytest.mark.django_db
def test_no_life_is_longer_than_the_site_allows_counted_from_completion(settings):
    settings.MAX_EXPIRY_SECONDS = 10 * DAY
    sender = Sender().send()
    let_pass(days=4)
    longest = sender.manage().json()["longest_expires_in_seconds"]

    assert longest == pytest.approx(6 * DAY, abs=30)
    assert code_of(sender.change(expires_in_seconds=7 * DAY)) == (422, "invalid_request")
    assert code_of(sender.change(expires_in_seconds=2**53 - 1)) == (422, "invalid_request")
    assert sender.change(expires_in_seconds=longest - 5).status_code == 200


@pytest.mark.django_db
def test_an_access_tokens_own_longest_expiry_binds_later_changes_too():
    sender = Sender().send(expires_in_seconds=3600)
    token = AccessToken.objects.create(
        name="press", prefix="p", token_hash=b"x", max_expiry_seconds=2 * DAY
    )
    Transfer.objects.update(access_token=token)

    assert code_of(sender.change(expires_in_seconds=3 * DAY)) == (422, "invalid_request")
    assert sender.change(expires_in_seconds=DAY).status_code == 200


@pytest.mark.django_db
def test_the_limit_can_not_go_below_what_was_counted():
    sender = Sender().send(max_downloads=5)
    for _ in range(3):
        sender.recipient().lease()

    assert code_of(sender.change(max_downloads=2)) == (409, "limit_below_downloads")
    assert Transfer.objects.get().max_downloads == 5
    assert sender.change(max_downloads=3).json()["state"] == "exhausted"


@pytest.mark.django_db
def test_both_changes_happen_or_neither():
    sender = Sender().send(expires_in_seconds=3600, max_downloads=5)
    for _ in range(3):
        sender.recipient().lease()

    refused = sender.change(expires_in_seconds=DAY, max_downloads=1)

    assert code_of(refused) == (409, "limit_below_downloads")
    assert seconds_left(sender) == pytest.approx(3600, abs=30)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "terms",
    [
        {},
        {"expires_in_seconds": 0},
        {"expires_in_seconds": None},
        {"expires_in_seconds": "60"},
        {"max_downloads": 0},
        {"max_downloads": 1.5},
        {"max_downloads": 10**9},
        {"state": "completed"},
    ],
)
def test_terms_out_of_form_change_nothing(terms: dict):
    sender = Sender().send(expires_in_seconds=3600, max_downloads=5)
    before = Transfer.objects.values().get()
    assert code_of(sender.change(**terms)) == (422, "invalid_request")
    assert Transfer.objects.values().get() == before


@pytest.mark.django_db
def test_what_is_over_does_not_come_back():
    expired = Sender().send(expires_in_seconds=60)
    let_pass(minutes=2)
    assert code_of(expired.change(expires_in_seconds=DAY)) == (410, "transfer_expired")
    assert code_of(expired.revoke()) == (410, "transfer_expired")

    used_up = Sender().send(max_downloads=1)
    used_up.recipient().lease()
    assert code_of(used_up.change(max_downloads=None)) == (410, "transfer_exhausted")

    unfinished = Sender()
    unfinished.create()
    assert code_of(unfinished.change(max_downloads=2)) == (409, "transfer_not_ready")
    assert code_of(unfinished.revoke()) == (409, "transfer_not_ready")

    deleted = Sender().send()
    deleted.delete()
    assert code_of(deleted.change(max_downloads=2)) == (404, "transfer_not_found")
    assert code_of(deleted.revoke()) == (404, "transfer_not_found")


@pytest.mark.django_db
def test_a_transfer_that_is_closing_can_not_be_changed(monkeypatch):
    sender = Sender().send()

    def failing(transfer_id: str) -> None:
        raise StoreUnavailable("down")

    monkeypatch.setattr(uploads.store_of(Transfer.objects.get()), "delete", failing)
    assert sender.delete().status_code == 202

    assert code_of(sender.change(max_downloads=2)) == (404, "transfer_not_found")
    assert sender.manage().json()["state"] == "deleting"


@pytest.mark.django_db
def test_after_stopping_nobody_starts_and_whoever_runs_may_finish(store):
    sender = Sender().send(max_downloads=None)
    running = sender.recipient()
    running.lease()

    assert sender.revoke().json()["state"] == "exhausted"

    assert code_of(sender.recipient().lease()) == (410, "transfer_exhausted")
    cleanup.run()
    assert running.download() == sender.payload
    running.finish()
    cleanup.run()
    assert store.is_absent(sender.transfer_id)


@pytest.mark.django_db
def test_stopping_before_any_download_removes_the_bytes_at_the_next_cleanup(store):
    sender = Sender().send()
    assert sender.revoke().status_code == 200
    assert sender.revoke().status_code == 200
    cleanup.run()
    assert store.is_absent(sender.transfer_id)


@pytest.mark.django_db
def test_strangers_change_and_stop_nothing():
    sender = Sender().send(max_downloads=2)
    stranger = Sender(transfer_id=sender.transfer_id)
    for refused in (stranger.change(max_downloads=1), stranger.revoke()):
        assert code_of(refused) == (403, "owner_token_wrong")
    assert Transfer.objects.get().max_downloads == 2


@pytest.mark.django_db
def test_deleting_gives_a_receipt_of_what_the_store_was_asked(store, store_kind):
    sender = Sender().send()
    answer = sender.delete().json()

    looked_for = {
        "local": ["object", "unfinished uploads", "folders being removed"],
        "s3": ["object", "versions", "unfinished uploads"],
    }
    assert answer["state"] == "deleted"
    assert answer["receipt"]["verified"] == looked_for[store_kind]
    assert answer["receipt"]["payload_bytes"] == len(sender.payload)
    assert answer["receipt"]["reason"] == "owner"
    assert answer["receipt"]["deleted_at"]


@pytest.mark.django_db
def test_there_is_no_receipt_before_absence_is_verified(monkeypatch):
    sender = Sender().send()
    store = uploads.store_of(Transfer.objects.get())
    monkeypatch.setattr(store, "delete", lambda transfer_id: None)

    refused = sender.delete()
    assert (refused.status_code, refused.json()["receipt"]) == (202, None)
    assert sender.manage().json()["receipt"] is None

    monkeypatch.undo()
    cleanup.run()
    assert sender.manage().json()["receipt"]["verified"]


@pytest.mark.django_db
def test_a_receipt_is_for_the_owner_alone_and_strangers_see_what_they_saw_before():
    sender = Sender().send()
    sender.delete()
    stranger = Sender(transfer_id=sender.transfer_id)
    for answer in (stranger.manage(), stranger.delete(), sender.recipient().info()):
        assert code_of(answer) == (404, "transfer_not_found")
    assert code_of(sender.sign(0)) == (404, "transfer_not_found")

    used_up = Sender().send(max_downloads=1)
    used_up.recipient().lease()
    now_is_past_every_lease()
    cleanup.run()
    assert Transfer.objects.get(pk=used_up.transfer_id).state == State.DELETED
    used_up_stranger = Sender(transfer_id=used_up.transfer_id, owner_token=random_secret())
    assert code_of(used_up_stranger.manage()) == (410, "transfer_exhausted")
    assert used_up.manage().json()["receipt"]["reason"] == "exhausted"


@pytest.mark.django_db
def test_a_receipt_is_forgotten_with_its_tombstone():
    sender = Sender().send()
    sender.delete()
    let_pass(days=31)
    cleanup.run()
    assert code_of(sender.manage()) == (404, "transfer_not_found")


@pytest.mark.usefixtures("on_postgres")
def test_a_limit_lowered_while_downloads_start_is_never_passed():
    sender = Sender().send(max_downloads=None)
    barrier = threading.Barrier(13)
    statuses: list[int] = []

    def at_once(call) -> None:
        try:
            barrier.wait(timeout=30)
            statuses.append(call().status_code)
        finally:
            connection.close()

    calls = [sender.recipient().lease for _ in range(12)] + [lambda: sender.change(max_downloads=4)]
    threads = [threading.Thread(target=at_once, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    row = Transfer.objects.get()
    assert set(statuses) <= {200, 409, 410}
    assert row.max_downloads is None or row.download_count <= row.max_downloads == 4
    assert row.leases.count() == row.download_count
