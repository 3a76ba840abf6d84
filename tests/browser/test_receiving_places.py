"""Saving straight to a picked file or folder: whole, under safe names, over nothing else."""

import hashlib
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.foreign_sender import ForeignSender
from harness.live_site import LiveSite
from tests.browser import at_rest
from tests.browser.pages import DownloadPage
from tests.browser.private_files import PICKERS, private_files, put_picked
from tests.browser.visitors import Visitor

PART = 2**24
Visit = Callable[..., Visitor]


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def receive(visit: Visit, local_site: LiveSite) -> Callable[[str], DownloadPage]:
    """A recipient whose pickers pick from the browser's private file system."""

    def opened(link: str) -> DownloadPage:
        recipient = visit(local_site)
        recipient.context.add_init_script(PICKERS)
        return DownloadPage.open(recipient, link)

    return opened


def press(page: DownloadPage, test_id: str, state: str = "done") -> None:
    page.wait_state("ready", "done")
    page.part(test_id).click()
    page.wait_state(state)


def test_one_file_is_saved_where_it_was_picked(local_site: LiveSite, receive):
    content = os.urandom(2 * PART + 5)
    page = receive(ForeignSender(local_site, {"film.mkv": content}).send().link)
    assert page.part("save-folder-button").is_hidden()

    press(page, "save-as-button")

    assert private_files(page.page) == {"picked/film.mkv": digest(content)}


def test_folders_are_saved_as_folders_under_names_that_windows_takes(local_site: LiveSite, receive):
    files = {
        "Reise/Tag 1/Düne.jpg": os.urandom(PART),
        "Reise/Tag 1/leer.txt": b"",
        "Reise/con.txt": b"reserved",
        "REISE/a?b.txt": b"another case",
        "ende. ": b"trailing",
    }
    page = receive(ForeignSender(local_site, files).send().link)

    press(page, "save-folder-button")

    saved = private_files(page.page, "picked")
    assert saved == {
        "Reise/Tag 1/Düne.jpg": digest(files["Reise/Tag 1/Düne.jpg"]),
        "Reise/Tag 1/leer.txt": digest(b""),
        "Reise/_con.txt": digest(b"reserved"),
        "REISE/a_b.txt": digest(b"another case"),
        "ende__": digest(b"trailing"),
    }


def test_a_folder_keeps_what_is_in_it(local_site: LiveSite, receive):
    page = receive(ForeignSender(local_site, {"a.txt": b"new", "b/c.txt": b"new"}).send().link)
    page.names()
    put_picked(page.page, "a.txt", "old")
    put_picked(page.page, "b", "a file where a folder should be")

    press(page, "save-folder-button")

    assert private_files(page.page, "picked") == {
        "a.txt": digest(b"old"),
        "a (2).txt": digest(b"new"),
        "b": digest(b"a file where a folder should be"),
        "b (2)/c.txt": digest(b"new"),
    }


@pytest.mark.parametrize("button", ["save-as-button", "save-folder-button"])
def test_a_picked_place_is_left_empty_when_the_last_part_is_damaged(
    local_site: LiveSite, receive, button: str
):
    sent = ForeignSender(local_site, {"a.bin": os.urandom(PART), "b.bin": os.urandom(99)}).send()
    at_rest.flip_a_byte(local_site, sent.transfer_id, part=1)
    page = receive(sent.link)

    press(page, button, "damaged")

    assert private_files(page.page) == {}
    assert "nothing was saved" in page.sentence


def test_a_dismissed_picker_changes_nothing(local_site: LiveSite, visit: Visit):
    recipient = visit(local_site)
    recipient.context.add_init_script(
        "globalThis.showSaveFilePicker = async () => { throw new DOMException('', 'AbortError'); };"
    )
    sent = ForeignSender(local_site, {"a.txt": b"x"}).send(max_downloads=1)
    page = DownloadPage.open(recipient, sent.link)

    press(page, "save-as-button", "ready")

    reopened = DownloadPage.open(visit(local_site), sent.link)
    assert reopened.names() == ["a.txt"]


def test_a_zip_is_saved_where_it_was_picked(local_site: LiveSite, receive, tmp_path: Path):
    files = {"a/ü.txt": b"one", "b.bin": os.urandom(PART)}
    page = receive(ForeignSender(local_site, files).send().link)
    press(page, "save-as-button")
    picked = private_files(page.page, "picked")

    saved = page.save(tmp_path)

    with zipfile.ZipFile(saved.path) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files
    assert list(picked) == [saved.name]


def test_without_pickers_there_are_no_controls_for_them(local_site: LiveSite, visit: Visit):
    recipient = visit(local_site)
    recipient.context.add_init_script(
        "delete globalThis.showSaveFilePicker; delete globalThis.showDirectoryPicker;"
    )
    page = DownloadPage.open(recipient, ForeignSender(local_site, {"a": b"", "b": b""}).send().link)

    assert page.names() == ["a", "b"]
    assert page.part("save-as-button").is_hidden()
    assert page.part("save-folder-button").is_hidden()
