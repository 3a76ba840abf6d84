"""Nothing that could open a transfer leaves the browsers: a round trip, all channels searched.

Wire: every request of both browsers. Store: every byte below the store. Database: every row and
file. Log: every line. A second set of tests plants each secret in each channel and must find it.
"""

import json
import os
import re
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page

from harness.foreign_sender import Sent, call
from harness.live_site import LiveSite
from harness.seaweed import SeaweedS3
from sgraph_send.client import format
from tests.browser import at_rest
from tests.browser.leak_scanner import Forbidden, leaks
from tests.browser.pages import DownloadPage, ManagePage, SendPage
from tests.browser.recording_proxy import RecordingProxy
from tests.browser.visitors import Visitor

CHANNELS = ["wire", "store", "database", "log"]
PASSPHRASE = "Siebzehn Kraniche, lauwarm!"
NAMES = ["Kündigung Müller.pdf", "salaries-2026.xlsx"]
MARKERS = [b"<<the first plaintext>>", b"<<the second plaintext>>"]
ACCESS_TOKEN = "operators-own-upload-token"
BUCKET = "zero-knowledge"


@dataclass
class Watched:
    """A site all of whose channels can be read, and what two people did on it."""

    site: LiveSite
    s3: SeaweedS3 | None
    proxy: RecordingProxy
    page: Page
    sent: Sent | None = None
    envelope_text: str = ""
    seen: dict[str, list[bytes]] = field(default_factory=dict)

    def read(self, channel: str) -> list[bytes]:
        match channel:
            case "wire":
                return [b"".join(request) for request in self.proxy.requests]
            case "store" if self.s3:
                return at_rest.all_files(self.s3.data_folder) + self._objects()
            case "store":
                return at_rest.all_files(self.site.data_folder / "store")
            case "database":
                return at_rest.all_rows(self.site)
        return [self.site.log_path.read_bytes()]

    def plant(self, channel: str, value: bytes) -> None:
        """Leaks `value` in the spelling in which this channel would carry it."""
        text = format.encode_b64u(value)
        match channel:
            case "wire":
                query = urllib.parse.quote(text)
                self.page.evaluate(f"fetch('/info/health?leak={query}').then(() => true)")
            case "store" if self.s3:
                self.s3.client().put_object(Bucket=BUCKET, Key="leak", Body=b"..." + value)
            case "store":
                (self.site.data_folder / "store" / "leak").write_bytes(b"..." + value)
            case "database":
                at_rest.change_row(self.site, self.sent.transfer_id, "content_type_hint", text)
            case "log":
                with self.site.log_path.open("a") as log:
                    log.write(json.dumps({"message": f"leaking {text}"}) + "\n")

    def clear_log_of_what_was_planted(self) -> None:
        """All lines of all sites are judged in the end, and these are not the site's."""
        lines = self.site.log.splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith('{"message": "leaking ')]
        self.site.log_path.write_text("".join(kept))

    def forbidden_in(self, channel: str) -> list[Forbidden]:
        keys = format.derive_keys(
            format.read_key(self.sent.link), format.read_envelope(self.envelope_text), PASSPHRASE
        )
        everywhere = [
            Forbidden("secret", format.read_key(self.sent.link)),
            Forbidden("content key", keys.content),
            Forbidden("manifest key", keys.manifest),
            Forbidden.text("passphrase", PASSPHRASE),
            *(Forbidden.text(f"file name {name}", name) for name in NAMES),
            *(Forbidden(f"plaintext {marker!r}", marker) for marker in MARKERS),
        ]
        if channel == "wire":
            return everywhere
        return [
            *everywhere,
            Forbidden("proof", keys.proof),
            Forbidden("link proof", keys.link_proof),
            Forbidden("owner token", format.decode_b64u(self.sent.owner_token_text)),
            Forbidden("lease token", format.decode_b64u(self._lease_token())),
            Forbidden.text("access token", ACCESS_TOKEN),
        ]

    def _lease_token(self) -> str:
        tokens = re.findall(rb'"lease_token":"([\w-]{43})"', b"".join(self.read("wire")))
        assert tokens, "the recording holds the lease"
        return tokens[0].decode()

    def _objects(self) -> list[bytes]:
        client = self.s3.client()
        listed = client.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return [
            client.get_object(Bucket=BUCKET, Key=found["Key"])["Body"].read() for found in listed
        ]


@pytest.fixture(scope="module", params=["local", "s3"])
def watched(
    request: pytest.FixtureRequest,
    browser: Browser,
    start_site_for_session: Callable[..., LiveSite],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Watched]:
    """After a round trip with a passphrase, a reload, a look at the manage page."""
    folder = tmp_path_factory.mktemp("watched")
    settings = {
        "SGRAPH_SEND__UPLOAD_ACCESS": "token",
        "SGRAPH_SEND__ACCESS_TOKEN": ACCESS_TOKEN,
        "SGRAPH_SEND__LOG_LEVEL": "DEBUG",
    }
    s3 = SeaweedS3(folder / "s3") if request.param == "s3" else None
    if s3:
        s3.start()
        settings |= {**s3.environment, "SGRAPH_SEND__S3_BUCKET": BUCKET}
    site = start_site_for_session(**settings)
    with RecordingProxy() as proxy:
        options = {"proxy": {"server": proxy.address}}
        sender, recipient = (Visitor(browser, site.url, **options) for _ in range(2))
        sending = SendPage.open(sender)
        made = Watched(site, s3, proxy, sending.page)
        made.sent = send(sending)
        made.envelope_text = call(f"{site.url}/transfers/info/{made.sent.transfer_id}")["envelope"]
        receive(recipient, made.sent, folder)
        ManagePage.open(sender, made.sent.manage_link).wait_state("ready")
        made.seen = {channel: made.read(channel) for channel in CHANNELS}
        yield made
        for visitor in (sender, recipient):
            assert visitor.problems == []
            visitor.leave()
    if s3:
        s3.stop()


def send(page: SendPage) -> Sent:
    contents = [marker * 20_000 for marker in MARKERS]
    page.choose(
        [
            FilePayload(name=name, mimeType="application/pdf", buffer=content)
            for name, content in zip(NAMES, contents, strict=True)
        ]
    )
    return page.set(passphrase=PASSPHRASE, access_token=ACCESS_TOKEN).send()


def receive(recipient: Visitor, sent: Sent, folder: Path) -> None:
    page = DownloadPage.open(recipient, sent.link)
    page.wait_state("needs-passphrase")
    page.page.reload()
    page.wait_state("needs-passphrase")
    page.enter_passphrase(PASSPHRASE)
    assert page.names() == NAMES
    assert MARKERS[1] in page.save(folder).path.read_bytes()


@pytest.mark.parametrize("channel", CHANNELS)
def test_no_secret_is_in_any_channel(watched: Watched, channel: str):
    assert leaks(watched.seen[channel], watched.forbidden_in(channel)) == []


def test_no_fragment_is_in_any_request(watched: Watched):
    lines = [request.line for request in watched.proxy.requests]
    assert [line for line in lines if b"#" in line or b"%23" in line] == []


def test_the_recording_saw_the_round_trip(watched: Watched):
    """Guards against searching empty channels."""
    wire, store, database, log = (b"\n".join(watched.seen[name]) for name in CHANNELS)
    parts = [request.body for request in watched.proxy.requests if request.line[:4] == b"PUT "]
    assert parts
    assert all(part[:1] == b"\x28" and part[:40] in store for part in parts)
    salt = json.loads(watched.envelope_text)["kdf"]["salt"].encode()
    assert salt in wire
    assert salt in database
    assert b"x-sgraph-owner-token" in wire.lower()
    assert b"/lease" in wire
    assert b"transfers/complete" in log


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_planted_secret_is_found(watched: Watched, channel: str):
    for forbidden in watched.forbidden_in(channel):
        assert leaks(watched.read(channel), [forbidden]) == []
        watched.plant(channel, forbidden.value)
        assert leaks(watched.read(channel), [forbidden]), forbidden.name
    watched.clear_log_of_what_was_planted()


def test_the_key_leaves_the_address_bar_before_any_request(
    local_site: LiveSite, visit: Callable[..., Visitor]
):
    visitor = visit(local_site)
    visitor.expect_status(404)
    visitor.context.add_init_script(
        "const original = window.fetch; window.addressesAtFetch = [];"
        "window.fetch = (...call) => { addressesAtFetch.push(location.href);"
        " return original(...call); };"
    )
    page = visitor.open(f"/d/{'0' * 22}#{format.encode_b64u(os.urandom(32))}")
    DownloadPage(page).wait_state("not-found")

    addresses = page.evaluate("addressesAtFetch")
    assert addresses
    assert not [address for address in addresses if "#" in address]
