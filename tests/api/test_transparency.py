"""What is told is what is stored: every column, every line of the log, every object."""

import json

import pytest

from tests.actors import Recipient, Sender, code_of, get
from transfers.access.address_hashes import event_hash
from transfers.models import AccessToken, Lease, Transfer, TransferEvent
from transfers.transparency import description, sentences
from transfers.transparency.outside_database import LOG_LINE

pytestmark = pytest.mark.django_db

WORDS = {
    "link_proof_hash": "SHA-256 hash",
    "proof_hash": "SHA-256 hash",
    "owner_token_hash": "SHA-256 hash",
    "bucket": "a name",
    "multipart_id": "a handle",
    "access_token": "no",
}


def place(told: dict, name: str) -> dict:
    return next(place for place in told["places"] if place["name"] == name)


def values(told: dict, name: str) -> dict[str, object]:
    """The told values of a table by column, without those that have none."""
    columns = place(told, name)["columns"]
    return {column["name"]: column["value"] for column in columns if column["has_value"]}


def told_to(recipient: Recipient, with_lease: bool = False):
    headers = {"x-sgraph-lease-token": recipient.lease_token} if with_lease else {}
    return get(f"/transfers/transparency/{recipient.transfer_id}", **headers)


def test_every_column_has_a_sentence_and_every_sentence_a_column():
    assert description.undescribed() == []


def test_a_column_without_a_sentence_is_noticed(monkeypatch):
    told = dict(sentences.SENTENCES["Lease"])
    del told["finished_at"]
    monkeypatch.setitem(sentences.SENTENCES, "Lease", told)
    assert description.undescribed() == ["Lease.finished_at"]


def test_a_sentence_for_nothing_is_noticed(monkeypatch):
    told = {**sentences.SENTENCES["Lease"], "shoe_size": ("Shoe size", "How large.")}
    monkeypatch.setitem(sentences.SENTENCES, "Lease", told)
    assert description.undescribed() == ["Lease.shoe_size"]


def test_sentences_are_sentences():
    for told in sentences.SENTENCES.values():
        for label, sentence in told.values():
            assert label[0].isupper()
            assert sentence[0].isupper()
            assert sentence.endswith(".")


def test_the_owner_is_told_every_column_of_the_row_as_it_is():
    sender = Sender().send(max_downloads=4, expires_in_seconds=3600)
    sender.recipient().lease()

    told = values(sender.manage().json()["transparency"], "transfer")

    row = Transfer.objects.values().get()
    assert len(told) == len(row)
    for name, value in told.items():
        kept = row["access_token_id" if name == "access_token" else name]
        if hasattr(kept, "strftime"):
            kept = kept.strftime("%Y-%m-%dT%H:%M:%SZ")
        assert value == WORDS.get(name, kept), name


def test_the_completed_upload_tells_the_same_as_the_manage_call():
    sender = Sender()
    sender.create()
    sender.upload()
    at_completion = sender.complete().json()["transparency"]["stored_fields"]
    assert at_completion == values(sender.manage().json()["transparency"], "transfer")


def test_the_owner_is_told_how_many_rows_there_are():
    sender = Sender().send(max_downloads=4)
    for _ in range(2):
        recipient = sender.recipient()
        recipient.lease()
        recipient.finish()
    told = sender.manage().json()["transparency"]

    assert place(told, "lease")["rows"] == Lease.objects.count() == 2
    assert place(told, "transferevent")["rows"] == TransferEvent.objects.count() == 5
    assert place(told, "sealedmanifest")["rows"] == 1
    assert values(told, "sealedmanifest")["sealed"] == f"{len(sender.sealed_manifest)} bytes"

    sender.delete()
    told = sender.manage().json()["transparency"]
    assert place(told, "lease")["rows"] == place(told, "transferevent")["rows"] == 0
    assert place(told, "sealedmanifest")["rows"] == 0
    left = {
        "owner_token_hash": "SHA-256 hash",
        "proof_hash": "",
        "envelope": "",
        "state": "deleted",
    }
    assert values(told, "transfer").items() >= left.items()


def test_whether_an_access_token_was_used_is_told_and_not_which():
    sender = Sender().send()
    token = AccessToken.objects.create(name="the press office", prefix="pr", token_hash=b"x")
    Transfer.objects.update(access_token=token)
    answer = sender.manage()
    assert values(answer.json()["transparency"], "transfer")["access_token"] == "yes"
    assert "press" not in answer.text


def test_no_secret_hash_or_handle_is_told_to_anybody(store):
    sender = Sender().send(max_downloads=4)
    recipient = sender.recipient()
    recipient.lease()
    row, lease, event = Transfer.objects.get(), Lease.objects.get(), TransferEvent.objects.last()
    secrets = [
        *(bytes(getattr(row, name)).hex() for name in WORDS if name.endswith("_hash")),
        bytes(lease.token_hash).hex(),
        event.address_hash,
        row.multipart_id,
        row.bucket,
        recipient.lease_token,
        sender.owner_token,
    ]

    for answer in (sender.manage(), told_to(recipient), told_to(recipient, with_lease=True)):
        assert [secret for secret in secrets if secret in answer.text] == []


def test_before_the_action_the_shape_is_told_and_no_value():
    answer = get("/transfers/transparency").json()

    assert [place["name"] for place in answer["places"]][:4] == [
        "transfer",
        "sealedmanifest",
        "lease",
        "transferevent",
    ]
    assert not any(c["has_value"] for place in answer["places"] for c in place["columns"])
    assert {"encryption key", "file names"} <= set(answer["not_stored"])
    assert [kept["title"] for kept in answer["beside"]]


def test_a_recipient_is_told_what_info_says_and_no_more():
    sender = Sender().send(max_downloads=4)
    info = sender.recipient().info().json()

    told = told_to(sender.recipient()).json()

    public = values(told, "transfer")
    assert public.keys() - {"id", "state", "kind"} <= info.keys()
    assert (public["id"], public["state"]) == (info["transfer_id"], info["status"])
    for name in ("file_size_bytes", "payload_bytes", "envelope", "max_downloads", "download_count"):
        assert public[name] == info[name]
    assert values(told, "lease") == {}


def test_a_recipient_is_told_its_own_download_and_its_name_before_the_sender():
    sender = Sender().send(max_downloads=4)
    recipient, other = sender.recipient(), sender.recipient()
    recipient.lease()
    recipient.finish()

    told = told_to(recipient, with_lease=True).json()

    lease = Lease.objects.get()
    assert values(told, "lease")["finished_at"] == lease.finished_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert told["visitor"] == event_hash("127.0.0.1")[:8]
    assert told["visitor"] == sender.manage().json()["downloads"][0]["visitor"]
    assert values(told_to(other, with_lease=True).json(), "lease") == {}


def test_strangers_learn_nothing_here_that_info_refuses():
    sender = Sender().send(max_downloads=1)
    recipient = sender.recipient()
    recipient.lease()
    recipient.finish()
    assert code_of(told_to(sender.recipient())) == (410, "transfer_exhausted")
    assert told_to(recipient, with_lease=True).status_code == 200

    sender.delete()
    assert code_of(told_to(recipient, with_lease=True)) == (404, "transfer_not_found")
    unknown = Sender(transfer_id="0" * 22).recipient()
    assert code_of(told_to(unknown)) == (404, "transfer_not_found")


def test_the_log_holds_what_is_told_of_it(capsys):
    sender = Sender().send()
    capsys.readouterr()
    sender.recipient().info()
    (line,) = [json.loads(each) for each in capsys.readouterr().err.splitlines()]

    assert line.keys() == LOG_LINE.keys()
    assert sender.transfer_id not in json.dumps(line)
    assert "127.0.0.1" not in json.dumps(line)
