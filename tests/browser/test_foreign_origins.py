"""A page of another origin calls the API and the bucket from a real browser."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from harness.foreign_sender import ForeignSender, call
from harness.live_site import LiveSite
from harness.ports import free_port
from sgraph_send.client import format
from tests.browser.foreign_page import ForeignPage
from tests.browser.pages import DownloadPage, SendPage

REFUSED = "TypeError"
JSON = {"Content-Type": "application/json"}
FRIEND_PORT = free_port()
FRIEND = f"http://127.0.0.1:{FRIEND_PORT}"


@dataclass
class Signed:
    """URLs for one transfer's part and for another's payload; whoever has them may use them."""

    put: str
    get: str


@pytest.fixture(scope="module", params=["local", "s3"])
def open_to_a_friend(request: pytest.FixtureRequest, start_site_for_session) -> LiveSite:
    """A site that one other origin may call."""
    settings = {"SGRAPH_SEND__CORS_ORIGINS": FRIEND}
    if request.param == "s3":
        store = request.getfixturevalue("seaweed").environment
        settings |= store | {"SGRAPH_SEND__S3_BUCKET": "foreign-origins"}
    return start_site_for_session(**settings)


@pytest.fixture
def signed(open_to_a_friend: LiveSite) -> Signed:
    def on_site(url: str) -> str:
        return open_to_a_friend.url + url if url.startswith("/") else url

    sending = ForeignSender(open_to_a_friend, {"a.txt": b"x" * 100})
    sending.create()
    part = call(
        f"{open_to_a_friend.url}/transfers/upload/{sending.transfer_id}/sign",
        "POST",
        {"parts": [0]},
        x_sgraph_owner_token=format.encode_b64u(sending.owner_token),
    )["parts"][0]
    sent = ForeignSender(open_to_a_friend, {"a.txt": b"x" * 100})
    sent.send()
    lease = call(
        f"{open_to_a_friend.url}/transfers/download/{sent.transfer_id}/lease",
        "POST",
        {
            "link_proof": format.encode_b64u(sent.keys.link_proof),
            "proof": format.encode_b64u(sent.keys.proof),
            "lease_token": format.encode_b64u(b"l" * 32),
        },
    )
    return Signed(on_site(part["url"]), on_site(lease["url"]))


def test_a_page_of_a_foreign_origin_reads_and_writes_nothing(
    browser: Browser, open_to_a_friend: LiveSite, signed: Signed
):
    api = open_to_a_friend.url
    with ForeignPage(browser) as evil:
        assert evil.fetch(f"{api}/info/config")[0] == REFUSED
        creation = evil.fetch(f"{api}/transfers/create", method="POST", headers=JSON, body="{}")
        assert creation[0] == REFUSED
        assert evil.fetch(f"{api}/info/config", credentials="include")[0] == REFUSED
        assert evil.fetch(signed.put, method="PUT", body="x" * 156)[0] == REFUSED
        assert evil.fetch(signed.get)[0] == REFUSED
        assert evil.fetch(signed.get, headers={"Range": "bytes=0-9"})[0] == REFUSED
        # What a page may send to anybody without being let in, and without seeing an answer.
        before = transfers_begun(open_to_a_friend)
        plain_text = {"method": "POST", "mode": "no-cors", "body": '{"file_size_bytes": 1}'}
        assert evil.fetch(f"{api}/transfers/create", **plain_text)[0] == REFUSED
        assert transfers_begun(open_to_a_friend) == before


def transfers_begun(site: LiveSite) -> int:
    with closing(sqlite3.connect(site.data_folder / "db.sqlite3")) as rows:
        return rows.execute("SELECT count(*) FROM transfers_transfer").fetchone()[0]


def test_a_page_of_a_configured_origin_is_let_in(
    browser: Browser, open_to_a_friend: LiveSite, signed: Signed
):
    api = open_to_a_friend.url
    with ForeignPage(browser, FRIEND_PORT) as friend:
        assert friend.origin == FRIEND
        assert friend.fetch(f"{api}/info/config")[0] == 200
        status, text = friend.fetch(
            f"{api}/transfers/create", method="POST", headers=JSON, body="{}"
        )
        assert (status, "invalid_request" in text) == (422, True)
        # Cookies are never let through, configured or not.
        assert friend.fetch(f"{api}/info/config", credentials="include")[0] == REFUSED
        assert friend.fetch(f"{api}/security")[0] == REFUSED
        assert friend.fetch(signed.put, method="PUT", body="x" * 156)[0] == 200
        status, text = friend.fetch(signed.get, headers={"Range": "bytes=0-9"})
        assert (status, bool(text)) == (206, True)


def test_transfers_work_from_isolated_pages(open_to_a_friend: LiveSite, visit, tmp_path):
    """The pages embed nothing that did not agree to it, and the bucket's answers pass by CORS."""
    sender = visit(open_to_a_friend)
    note = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"over there"}
    sent = SendPage.open(sender).choose([note]).send()
    recipient = visit(open_to_a_friend)
    page = DownloadPage.open(recipient, sent.link)

    assert page.save(tmp_path).path.read_bytes() == b"over there"
    embedding = page.page.request.get(sent.link).headers["cross-origin-embedder-policy"]
    assert embedding == "require-corp"
    assert page.page.evaluate("crossOriginIsolated") is False
