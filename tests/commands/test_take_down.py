"""An operator takes a transfer down from the command line."""

import pytest
from django.core.management import CommandError, call_command

from tests.actors import Sender, get
from transfers.models import BlockedPayload, Transfer

pytestmark = pytest.mark.django_db


def test_it_ends_and_says_why(store, capsys):
    sender = Sender().send()
    call_command("take_down", sender.transfer_id, "--notice", "Fraud.", "--block")
    assert capsys.readouterr().out.strip() == "Taken down."
    assert store.is_absent(sender.transfer_id)
    assert get(f"/transfers/info/{sender.transfer_id}").json()["detail"] == "Fraud."
    assert BlockedPayload.objects.get().payload_sha256


def test_an_unknown_id_and_a_long_notice_get_a_sentence():
    with pytest.raises(CommandError, match="no transfer"):
        call_command("take_down", "0" * 22)
    sender = Sender().send()
    with pytest.raises(CommandError, match="300"):
        call_command("take_down", sender.transfer_id, "--notice", "x" * 301)
    assert Transfer.objects.get().state == "completed"
