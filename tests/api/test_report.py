"""Reports of misuse, takedown, and payloads that may not come back."""

from collections.abc import Callable
from functools import wraps

import pytest
from django.contrib.auth.models import User
from django.db import connection

from tests.actors import Sender, get, post, random_secret
from transfers.lifecycle import abuse, blocked_payloads
from transfers.models import AbuseReport, BlockedPayload, Transfer
from transfers.stores.local import LocalStore

pytestmark = pytest.mark.django_db


def report(sender: Sender, **members: object):
    return post(f"/transfers/report/{sender.transfer_id}", {"reason": "malware", **members})


def transfer_of(sender: Sender) -> Transfer:
    return Transfer.objects.get(pk=sender.transfer_id)


@pytest.fixture
def operator() -> User:
    return User.objects.create_superuser("operator")


def test_stranger_with_the_id_alone_can_report():
    sender = Sender().send()
    answer = report(sender, words=" It poses as my bank. ", contact="me@example.org")
    assert (answer.status_code, answer.json()) == (200, {"status": "received"})
    filed = AbuseReport.objects.get()
    assert (filed.transfer_id, filed.reason, filed.words) == (
        sender.transfer_id,
        "malware",
        "It poses as my bank.",
    )
    assert filed.disclosed_key == ""
    assert filed.address_hash not in ("", "127.0.0.1")
    told = [event["kind"] for event in sender.manage().json()["events"]]
    assert told == ["completed"]  # who misuses a link is not to be warned


@pytest.mark.usefixtures("counters_clock")
def test_one_address_can_not_flood_the_queue(settings):
    settings.RATES = {**settings.RATES, "report": "2/h"}
    senders = [Sender().send() for _ in range(3)]
    answers = [report(sender).status_code for sender in senders]
    assert answers == [200, 200, 429]
    assert AbuseReport.objects.count() == 2


def test_a_report_neither_counts_as_a_download_nor_ends_the_transfer():
    sender = Sender().send(max_downloads=1)
    report(sender)
    assert sender.recipient().lease().status_code == 200


@pytest.mark.parametrize(
    "members",
    [
        {"reason": "boring"},
        {"words": "x" * 2001},
        {"words": "a\0b"},
        {"contact": "a\0b"},
        {"contact": "x" * 255},
        {"disclosed_key": "short"},
        {"more": 1},
    ],
)
def test_a_report_out_of_its_form_is_refused(members):
    answer = report(Sender().send(), **members)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert not AbuseReport.objects.exists()


def test_an_unknown_transfer_can_not_be_reported():
    answer = post("/transfers/report/" + "0" * 22, {"reason": "other"})
    assert answer.json()["code"] == "transfer_not_found"


@pytest.mark.usefixtures("counters_clock")
def test_the_queue_takes_so_many_reports_of_one_transfer_and_no_more(settings):
    settings.RATES = {**settings.RATES, "report": "100/h"}
    sender = Sender().send()
    answers = [report(sender).json()["status"] for _ in range(abuse.OPEN_REPORTS_MAX + 3)]
    assert answers == ["received"] * abuse.OPEN_REPORTS_MAX + ["known"] * 3
    assert AbuseReport.objects.count() == abuse.OPEN_REPORTS_MAX


def test_takedown_ends_even_running_downloads_and_tells_later_visitors(store, operator):
    sender = Sender().send()
    recipient = sender.recipient()
    assert recipient.lease().status_code == 200
    report(sender, disclosed_key=random_secret())

    assert abuse.take_down(transfer_of(sender), operator, "It held malware.") == "deleted"

    assert store.is_absent(sender.transfer_id)
    for answer in (recipient.lease(), get(f"/transfers/info/{sender.transfer_id}")):
        assert answer.status_code == 410
        assert answer.json()["code"] == "transfer_taken_down"
        assert answer.json()["detail"] == "It held malware."
    closed = AbuseReport.objects.get()
    assert (closed.state, closed.closed_by, closed.disclosed_key) == ("taken_down", operator, "")


def test_takedown_without_a_notice_says_so_in_our_words(operator):
    sender = Sender().send()
    abuse.take_down(transfer_of(sender), operator)
    answer = get(f"/transfers/info/{sender.transfer_id}").json()
    assert answer["detail"] == "The operator of this site has taken this transfer down."


def test_blocked_bytes_can_not_be_completed_again(store, operator):
    first = Sender(payload=b"the very same ciphertext" * 9).send()
    abuse.take_down(transfer_of(first), operator, block=True)
    assert BlockedPayload.objects.get().payload_sha256 is not None

    again = Sender(payload=first.payload)
    again.create()
    again.upload()
    answer = again.complete()
    assert (answer.status_code, answer.json()["code"]) == (403, "payload_blocked")
    assert store.is_absent(again.transfer_id)
    assert transfer_of(again).state == "deleted"


def test_no_connection_of_the_database_waits_for_the_store(on_postgres, monkeypatch):
    operator = User.objects.create_superuser("operator")
    held: list[tuple[str, bool]] = []
    for verb in ("read", "stat", "delete", "traces"):
        monkeypatch.setattr(LocalStore, verb, noting(held, verb, getattr(LocalStore, verb)))
    first = Sender(payload=b"c" * 500).send()
    abuse.take_down(transfer_of(first), operator, block=True)
    Sender(payload=b"d" * 500).send()
    assert {verb for verb, _ in held} == {"read", "stat", "delete", "traces"}
    assert [verb for verb, is_held in held if is_held] == []


def noting(held: list[tuple[str, bool]], verb: str, method: Callable) -> Callable:
    """The same method, which tells whether this thread holds a connection when it is called."""

    @wraps(method)
    def call(*arguments: object) -> object:
        held.append((verb, connection.connection is not None))
        return method(*arguments)

    return call


def test_one_payload_is_read_at_a_time_and_the_next_may_try_again(operator):
    first = Sender(payload=b"a" * 500).send()
    abuse.take_down(transfer_of(first), operator, block=True)
    sender = Sender(payload=b"b" * 500)
    sender.create()
    sender.upload()
    with blocked_payloads._reading:
        answer = sender.complete()
    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
    assert sender.complete().status_code == 200


def test_other_bytes_of_the_same_length_are_welcome(store, operator):
    first = Sender(payload=b"a" * 500).send()
    abuse.take_down(transfer_of(first), operator, block=True)
    assert Sender(payload=b"b" * 500).send().recipient().lease().status_code == 200


def test_a_dismissed_report_forgets_the_key_and_leaves_the_transfer(operator):
    sender = Sender().send()
    report(sender, disclosed_key=random_secret())
    assert abuse.dismiss(AbuseReport.objects.all(), operator) == 1
    assert AbuseReport.objects.get().disclosed_key == ""
    assert sender.recipient().lease().status_code == 200
