"""An operator checks a disclosed key: the commitment binds it to one list of files."""

import io
import sys

import pytest
from django.core.management import CommandError, call_command

from sgraph_send.client import format as sealed
from tests.actors import Sender
from transfers.tokens import encode_b64u

pytestmark = pytest.mark.django_db
SECRET = bytes(range(32))


def sealed_sender(passphrase: str = "") -> Sender:
    """A sender whose manifest is real: one file of three bytes."""
    envelope = sealed.write_envelope(bytes(16), with_passphrase=bool(passphrase))
    keys = sealed.derive_keys(SECRET, sealed.read_envelope(envelope), passphrase)
    payload = sealed.seal_part(keys.content, 0, 1, b"abc")
    manifest = sealed.Manifest((sealed.FileEntry("plan <b>.txt", 3, "text/plain"),))
    sender = Sender(
        payload=payload,
        link_proof=encode_b64u(keys.link_proof),
        proof=encode_b64u(keys.proof),
        sealed_manifest=sealed.seal_manifest(keys, envelope, manifest),
    )
    return sender.send(envelope=envelope, file_size_bytes=3)


def check(monkeypatch, transfer_id: str, given: str) -> str:
    monkeypatch.setattr(sys, "stdin", io.StringIO(given + "\n"))
    said = io.StringIO()
    call_command("check_disclosed_key", transfer_id, stdout=said)
    return said.getvalue()


def test_the_right_key_lists_names_and_sizes(monkeypatch):
    sender = sealed_sender()
    said = check(monkeypatch, sender.transfer_id, encode_b64u(SECRET))
    assert "'plan <b>.txt'" in said
    assert " 3 " in said


def test_another_key_is_refused(monkeypatch):
    sender = sealed_sender()
    with pytest.raises(CommandError, match="does not belong"):
        check(monkeypatch, sender.transfer_id, encode_b64u(bytes(32)))


def test_a_passphrase_is_not_guessed_at(monkeypatch):
    sender = sealed_sender("correct horse")
    with pytest.raises(CommandError, match="passphrase"):
        check(monkeypatch, sender.transfer_id, encode_b64u(SECRET))


def test_what_is_no_key_gets_a_sentence(monkeypatch):
    sender = sealed_sender()
    with pytest.raises(CommandError):
        check(monkeypatch, sender.transfer_id, "not a key")


def test_an_unknown_transfer_gets_a_sentence(monkeypatch):
    with pytest.raises(CommandError, match="no completed sealed transfer"):
        check(monkeypatch, "0" * 22, encode_b64u(SECRET))
