"""The Python client against a real site, and the examples of docs/api.md as they are printed."""

import json
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from harness.live_site import ROOT, LiveSite
from sgraph_send.client.client import Client
from sgraph_send.client.connection import CallFailed, Connection
from sgraph_send.client.format import WrongKeyError, encode_b64u
from sgraph_send.client.sizes import PART_BYTES_MIN

ACCESS_TOKEN = "let-me-send"


@pytest.fixture(scope="module")
def site(start_site_for_session) -> Iterator[LiveSite]:
    running = start_site_for_session(
        SGRAPH_SEND__UPLOAD_ACCESS="token", SGRAPH_SEND__ACCESS_TOKEN=ACCESS_TOKEN
    )
    yield running
    running.stop()


def example(language: str, site: LiveSite) -> str:
    """The one block of this language in docs/api.md, for this site and its token."""
    [block] = re.findall(rf"```{language}\n(.*?)```", (ROOT / "docs/api.md").read_text(), re.S)
    return block.replace("https://send.example", site.url).replace("sgst_…", ACCESS_TOKEN)


def output_of(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout


def test_the_python_of_the_api_page_sends_receives_and_deletes(site: LiveSite):
    link, manage = output_of(sys.executable, "-c", example("python", site)).split()
    assert re.fullmatch(rf"{site.url}/d/\w{{22}}#[\w-]{{43}}", link)
    assert re.fullmatch(rf"{site.url}/manage/\w{{22}}#[\w-]{{43}}", manage)


def test_the_curl_of_the_api_page_sends_and_receives(site: LiveSite):
    token = f'curl -sf -H "x-sgraph-access-token: {ACCESS_TOKEN}"'
    first, told, *rest = example("sh", site).replace("curl -s", token).splitlines()
    printed = json.loads(told.removeprefix("# "))
    created = json.loads(output_of("bash", "-c", first))
    assert created.keys() == printed.keys()
    commands = "\n".join(rest).replace(printed["transfer_id"], created["transfer_id"])
    assert output_of("bash", "-eo", "pipefail", "-c", commands).endswith("}hello")


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


def test_an_answer_that_breaks_off_is_said_to_have_done_so():
    def die_after_the_head() -> None:
        peer, _ = listener.accept()
        with peer:
            peer.recv(10_000)
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=die_after_the_head).start()
        connection = Connection(f"http://127.0.0.1:{listener.getsockname()[1]}")
        with pytest.raises(CallFailed, match=r"^To ask for terms: the answer broke off\.$"):
            connection.json("ask for terms", "GET", "/transfers/limits")
