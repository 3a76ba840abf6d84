"""The Python client against a real site."""

import pytest

from sgraph_send.cli.client import Client
from sgraph_send.cli.connection import CallFailed, Connection
from sgraph_send.cli.format import WrongKeyError, encode_b64u
from sgraph_send.cli.sizes import PART_BYTES_MIN
from tests.services.live_site import LiveSite

ACCESS_TOKEN = "let-me-send"


@pytest.fixture
def site(start_site) -> LiveSite:
    return start_site(SGRAPH_SEND__UPLOAD_ACCESS="token", SGRAPH_SEND__ACCESS_TOKEN=ACCESS_TOKEN)


def test_the_client_sends_parts_with_a_passphrase_and_refuses_a_wrong_one(site: LiveSite):
    client = Client(Connection(site.url), access_token=ACCESS_TOKEN)
    files = [("a.bin", b"\x07" * (PART_BYTES_MIN + 5)), ("b/empty.txt", b""), ("c.txt", b"sea")]
    sent = client.send(files, passphrase="over the sea", max_downloads=2)

    assert client.receive(sent.transfer_id, sent.secret, "over the sea").files == files
    with pytest.raises(CallFailed) as refused:
        client.receive(sent.transfer_id, sent.secret, "under the sea")
    assert (refused.value.status, refused.value.code) == (403, "proof_wrong")
    with pytest.raises(WrongKeyError):
        client.receive(sent.transfer_id, sent.secret)
    with pytest.raises(CallFailed) as refused:
        client.delete(sent.transfer_id, bytes(32))
    assert refused.value.code == "owner_token_wrong"
    assert client.delete(sent.transfer_id, sent.owner_token) == "deleted"
    with pytest.raises(CallFailed) as gone:
        client.receive(sent.transfer_id, sent.secret, "over the sea")
    assert gone.value.status in (404, 410)
    assert encode_b64u(sent.secret) not in repr(sent)
