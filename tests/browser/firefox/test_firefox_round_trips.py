"""What Firefox sends Firefox receives, byte for byte, on both stores."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from harness.firefox.firefox import Firefox, Tab
from harness.live_site import LiveSite
from tests.browser.stored_payload import LocalPayload
from tests.browser.test_round_trips import PART, content_of, digest, file_of

pytestmark = pytest.mark.long


def sent_link(firefox: Firefox, site: LiveSite, files: Sequence[Path], passphrase: str = "") -> str:
    sending = firefox.open(site.url)
    sending.choose(testId="file-input", paths=[str(path) for path in files])
    sending.reach("ready")
    if passphrase:
        sending.fill(testId="passphrase-input", text=passphrase)
    sending.click(testId="send-button")
    sending.reach("done")
    link = sending.value(testId="share-link")
    leave(sending)
    return link


def leave(tab: Tab) -> None:
    assert tab.problems() == []
    tab.close()


def received(firefox: Firefox, link: str, names: list[str], passphrase: str = "") -> Path:
    receiving = firefox.open(link)
    if passphrase:
        receiving.reach("needs-passphrase")
        receiving.fill(testId="passphrase-input", text=passphrase)
        receiving.click(testId="unlock-button")
    receiving.reach("ready")
    assert receiving.names() == names
    receiving.click(testId="download-button")
    receiving.reach("done")
    saved = firefox.saved()
    leave(receiving)
    return saved


@pytest.mark.parametrize(
    "size",
    [0, 1, PART - 1, PART, PART + 1, 3 * PART + 5],
    ids=["empty", "one byte", "part - 1", "one part", "part + 1", "three parts and 5 bytes"],
)
def test_a_file_arrives_in_firefox_as_it_was_sent(
    site: LiveSite, firefox: Firefox, tmp_path: Path, size: int
):
    original = file_of(tmp_path, "original.bin", size)

    saved = received(firefox, sent_link(firefox, site, [original]), ["original.bin"])

    assert saved.name == "original.bin"
    assert digest(saved) == digest(original)


def test_a_name_outside_ascii_arrives_in_firefox(site: LiveSite, firefox: Firefox, tmp_path: Path):
    name = "grüße 漢字 🎁.txt"
    original = file_of(tmp_path, name, 77)

    saved = received(firefox, sent_link(firefox, site, [original]), [name])

    assert (saved.name, saved.read_bytes()) == (name, original.read_bytes())


def test_several_files_arrive_in_firefox_in_one_archive(
    site: LiveSite, firefox: Firefox, tmp_path: Path
):
    sizes = {"a.txt": 10, "empty": 0, "big.bin": PART + 9}
    originals = [file_of(tmp_path, name, size) for name, size in sizes.items()]

    saved = received(firefox, sent_link(firefox, site, originals), list(sizes))

    with zipfile.ZipFile(saved) as archive:
        assert archive.testzip() is None
        found = {name: archive.read(name) for name in archive.namelist()}
    assert found == {name: content_of(size) for name, size in sizes.items()}


def test_a_passphrase_opens_in_firefox(site: LiveSite, firefox: Firefox, tmp_path: Path):
    original = file_of(tmp_path, "p.txt", 12)
    link = sent_link(firefox, site, [original], passphrase="green tea")

    saved = received(firefox, link, ["p.txt"], passphrase="green tea")

    assert saved.read_bytes() == original.read_bytes()


def test_damaged_bytes_are_not_saved_in_firefox(
    local_site: LiveSite, firefox: Firefox, tmp_path: Path
):
    link = sent_link(firefox, local_site, [file_of(tmp_path, "film.mkv", PART + 300_000)])
    stored = LocalPayload(local_site, link.split("/d/")[1].split("#")[0])
    changed = bytearray(stored.read())
    changed[-1] ^= 1
    stored.write(bytes(changed))

    receiving = firefox.open(link)
    receiving.reach("ready")
    receiving.click(testId="download-button")

    receiving.reach("damaged")
    assert "nothing was saved" in receiving.sentence()
    assert list(firefox.download_folder.iterdir()) == []
    receiving.close()
