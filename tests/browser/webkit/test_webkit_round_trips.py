"""What WebKit sends WebKit receives, byte for byte."""

from pathlib import Path

import pytest

from harness.live_site import LiveSite
from harness.webkit.webkit import WebKit
from tests.browser.test_round_trips import PART, digest, file_of


def sent_link(webkit: WebKit, site: LiveSite, path: Path, passphrase: str = "") -> str:
    webkit.open(site.url)
    webkit.find("file-input").send_keys(str(path))
    webkit.reach("ready")
    if passphrase:
        webkit.find("passphrase-input").send_keys(passphrase)
    webkit.find("send-button").click()
    webkit.reach("done")
    return webkit.find("share-link").get_attribute("value")


def received(webkit: WebKit, link: str, name: str, passphrase: str = "") -> Path:
    webkit.open(link)
    if passphrase:
        webkit.reach("needs-passphrase")
        webkit.find("passphrase-input").send_keys(passphrase)
        webkit.find("unlock-button").click()
    webkit.reach("ready")
    webkit.find("download-button").click()
    webkit.reach("done")
    return webkit.saved(name)


def test_a_file_of_two_parts_arrives_as_it_was_sent(
    local_site: LiveSite, webkit: WebKit, tmp_path: Path
):
    original = file_of(tmp_path, "film.bin", PART + 1)

    saved = received(webkit, sent_link(webkit, local_site, original), "film.bin")

    assert digest(saved) == digest(original)


@pytest.mark.long
@pytest.mark.parametrize("size", [0, 1, PART - 1, PART, 3 * PART + 5])
def test_sizes_around_a_part_arrive_as_they_were_sent(
    site: LiveSite, webkit: WebKit, tmp_path: Path, size: int
):
    original = file_of(tmp_path, f"size-{size}.bin", size)

    saved = received(webkit, sent_link(webkit, site, original), original.name)

    assert digest(saved) == digest(original)


@pytest.mark.long
def test_a_passphrase_opens_in_webkit(site: LiveSite, webkit: WebKit, tmp_path: Path):
    original = file_of(tmp_path, "secret.txt", 12)
    link = sent_link(webkit, site, original, passphrase="green tea")

    saved = received(webkit, link, "secret.txt", passphrase="green tea")

    assert saved.read_bytes() == original.read_bytes()
