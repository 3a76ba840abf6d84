"""What `/info/client` lists is what a browser is given, and what the source tree makes."""

import gzip
import hashlib
import json
import shutil
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import pytest
from playwright.sync_api import Browser, FilePayload

from harness.live_site import LiveSite
from tests.browser.pages import DownloadPage, ManagePage, SendPage
from tests.browser.recording_proxy import Answered, RecordingProxy
from tests.browser.visitors import Visitor

FILES = [FilePayload(name=f"{name}.txt", mimeType="text/plain", buffer=b"x") for name in "ab"]
DECODERS = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}
DATA = ("/info/", "/transfers/")


def manifest_of(site: LiveSite) -> dict:
    with urllib.request.urlopen(f"{site.url}/info/client") as answer:
        return json.load(answer)


def files_of(manifest: dict) -> dict[str, str]:
    return {file["path"]: file["sha256"] for page in manifest["pages"] for file in page["files"]}


def given(answers: list[Answered]) -> dict[str, str]:
    """Path → SHA-256 of all that was fetched and is not data of a transfer."""
    fetched = [(urlsplit(answer.url).path, answer) for answer in answers if answer.status != 304]
    return {
        path: hashlib.sha256(DECODERS[answer.encoding](answer.body)).hexdigest()
        for path, answer in fetched
        if not path.startswith(DATA)
    }


@pytest.fixture
def recorded(browser: Browser) -> Iterator[Callable[[LiveSite], tuple[Visitor, RecordingProxy]]]:
    """A visitor all of whose traffic is kept, and the one who keeps it."""
    with RecordingProxy() as proxy:
        server = {"server": proxy.address}
        visitors: list[Visitor] = []

        def let_in(site: LiveSite) -> tuple[Visitor, RecordingProxy]:
            visitors.append(Visitor(browser, site.url, proxy=server))
            return visitors[-1], proxy

        yield let_in
        for visitor in visitors:
            visitor.leave()


def test_everything_that_browsers_fetch_is_listed_with_its_hash(local_site, recorded, tmp_path):
    visitor, proxy = recorded(local_site)
    visitor.expect_status(404)
    sent = SendPage.open(visitor).choose(FILES).set(passphrase="open sesame").send()
    DownloadPage.open(visitor, sent.link).enter_passphrase("open sesame").save(tmp_path)
    ManagePage.open(visitor, sent.manage_link).wait_state("ready")
    for path in ("/how-it-works", "/security", "/no/such/page"):
        visitor.open(path)

    manifest = manifest_of(local_site)
    pages = {page["kind"]: page["sha256"] for page in manifest["pages"]}
    expected = files_of(manifest) | {
        "/": pages["send"],
        f"/d/{sent.transfer_id}": pages["download"],
        f"/manage/{sent.transfer_id}": pages["manage"],
        "/how-it-works": pages["how-it-works"],
        "/security": pages["security"],
        "/no/such/page": pages["error-404"],
    }
    fetched = given(proxy.answers)

    assert fetched.items() <= expected.items(), fetched.items() - expected.items()
    assert len(proxy.answers) > len(fetched) > 60
    workers_and_vendored = [path for path in fetched if "worker" in path or "/vendor/" in path]
    assert any("crypto_worker" in path for path in workers_and_vendored)
    assert any("argon2" in path for path in workers_and_vendored)
    assert any("client-zip" in path for path in workers_and_vendored)
    assert not visitor.problems


def test_the_command_prints_the_same_from_the_source_alone(local_site, tmp_path):
    elsewhere = LiveSite(tmp_path, {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"})
    printed = elsewhere.manage("client_manifest", timeout_s=240)

    assert printed.returncode == 0, printed.stderr
    assert json.loads(printed.stdout) == manifest_of(local_site)
    with urllib.request.urlopen(f"{local_site.url}/info/client") as answer:
        assert answer.read().decode() == printed.stdout


@pytest.fixture
def tampered_site(start_site, local_site: LiveSite, tmp_path: Path) -> LiveSite:
    """A site that was started from good files, one byte of one of which was changed since."""
    folder = tmp_path / "static"
    shutil.copytree(local_site.environment["SGRAPH_SEND__STATIC_DIR"], folder)
    for packed in folder.glob("js/transport/api.*.js.*"):
        packed.unlink()
    site = start_site(SGRAPH_SEND__STATIC_DIR=str(folder))
    manifest_of(site)
    urllib.request.urlopen(site.url).close()
    (module,) = folder.glob("js/transport/api.*.js")
    module.write_bytes(module.read_bytes().replace(b"no-referrer", b"no-referreR", 1))
    return site


def test_a_changed_byte_is_named_by_the_comparison(tampered_site, local_site):
    same = local_site.manage("client_manifest", "--compare", local_site.url, timeout_s=240)
    assert same.returncode == 0, same.stderr
    other = local_site.manage("client_manifest", "--compare", tampered_site.url, timeout_s=240)
    assert other.returncode != 0
    assert "/static/js/transport/api." in other.stderr
    assert "/static/css/" not in other.stderr


def test_a_changed_byte_is_seen_by_the_hashes_and_not_run(tampered_site, recorded):
    visitor, proxy = recorded(tampered_site)
    page = visitor.open(f"/d/{'x' * 22}")
    page.wait_for_load_state("networkidle")

    listed = files_of(manifest_of(tampered_site))
    fetched = given(proxy.answers)
    wrong = [path for path, sha256 in fetched.items() if listed.get(path, sha256) != sha256]
    assert [path.split(".")[0] for path in wrong] == ["/static/js/transport/api"]
    assert page.locator("main").get_attribute("data-state") == "loading"
    assert "integrity" in "".join(visitor.problems)
