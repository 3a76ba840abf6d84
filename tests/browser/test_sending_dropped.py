"""What was dropped is found again after a reload, without choosing it a second time."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from harness.live_site import LiveSite
from tests.browser.interrupted import PART, assert_refused, go_on, interrupt, kept_rows
from tests.browser.pages import DownloadPage, SendPage
from tests.browser.test_round_trips import digest, file_of
from tests.browser.visitors import Visitor

Visit = Callable[..., Visitor]
# The question itself can't be answered in a headless browser; the handles stay real ones.
ANSWERING = """(answer) => {
  globalThis.asked = [];
  FileSystemHandle.prototype.queryPermission = async () => "prompt";
  FileSystemHandle.prototype.requestPermission = async function ({ mode }) {
    asked.push(`${mode} ${this.name} ${navigator.userActivation.isActive}`);
    return answer;
  };
}"""


def drop(page: SendPage, *paths: Path) -> None:
    """A real drop of real files, as the browser's own window makes one."""
    session = page.page.context.new_cdp_session(page.page)
    box = page.page.locator("#drop").bounding_box()
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for step in ("dragEnter", "dragOver", "drop"):
        place = {"x": box["x"] + 20, "y": box["y"] + 20}
        session.send("Input.dispatchDragEvent", {"type": step, **place, "data": data})
    page.wait_state("ready")


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return file_of(tmp_path, "film.mkv", 3 * PART + 5)


@pytest.fixture
def choosers() -> list:
    """Every file dialog that a page opened."""
    return []


@pytest.fixture
def dropped(local_site: LiveSite, visit: Visit, choosers: list) -> Callable[..., SendPage]:
    """A page on which these paths were dropped, and which sends nothing yet."""

    def opened(*paths: Path) -> SendPage:
        page = SendPage.open(visit(local_site))
        page.page.on("filechooser", lambda chooser: choosers.append(chooser))
        drop(page, *paths)
        return page

    return opened


def received(site: LiveSite, visit: Visit, link: str, folder: Path) -> str:
    return digest(DownloadPage.open(visit(site), link).save(folder).path)


def test_a_dropped_file_is_not_chosen_again(
    local_site: LiveSite, visit: Visit, dropped, choosers: list, film: Path, tmp_path: Path
):
    page = dropped(film)
    requests = interrupt(page)
    assert "may ask whether" in page.page.locator("#unfinished-text").inner_text()

    page.part("continue-button").click()
    sent = page.sent()

    assert sorted(requests.passed) == [2, 3]
    assert choosers == []
    assert received(local_site, visit, sent.link, tmp_path) == digest(film)
    assert kept_rows(page.page) == []


def test_a_dropped_folder_is_not_chosen_again(dropped, choosers: list, tmp_path: Path):
    folder = tmp_path / "site visit"
    (folder / "deep" / "er").mkdir(parents=True)
    file_of(folder, "walk.mov", 2 * PART)
    file_of(folder / "deep" / "er", "grüße.bin", PART + 9)
    beside = file_of(tmp_path, "beside.txt", 10)
    page = dropped(folder, beside)
    requests = interrupt(page)

    page.part("continue-button").click()

    assert page.sent().link
    assert sorted(requests.passed) == [2, 3]
    assert choosers == []


@pytest.mark.parametrize("difference", ["size", "time"])
def test_a_dropped_file_that_differs_is_refused_and_then_chosen(
    dropped, choosers: list, film: Path, difference: str
):
    page = dropped(film)
    as_it_was = film.stat()
    requests = interrupt(page)
    if difference == "size":
        with film.open("ab") as file:
            file.write(b"x")
    else:
        os.utime(film, (1, 1))

    page.part("continue-button").click()

    assert_refused(page, "other_file", "Name, size or time differ")
    assert requests.passed == []
    os.truncate(film, as_it_was.st_size)
    os.utime(film, ns=(as_it_was.st_atime_ns, as_it_was.st_mtime_ns))
    go_on(page, film)
    assert page.sent().link
    assert len(choosers) == 1


def test_a_dropped_file_that_reads_differently_is_refused(dropped, film: Path):
    page = dropped(film)
    requests = interrupt(page)
    as_it_was = film.stat()
    with film.open("r+b") as file:
        file.seek(1000)
        file.write(bytes(64))
    os.utime(film, ns=(as_it_was.st_atime_ns, as_it_was.st_mtime_ns))

    page.part("continue-button").click()

    assert_refused(page, "file_changed", "other contents")
    assert requests.passed == []


def test_a_dropped_file_that_was_moved_is_chosen(dropped, film: Path, tmp_path: Path):
    page = dropped(film)
    interrupt(page)
    (tmp_path / "elsewhere").mkdir()
    moved = film.rename(tmp_path / "elsewhere" / film.name)

    page.part("continue-button").click()

    assert_refused(page, "files_moved", "moved, renamed or deleted")
    assert "Choose the same file" in page.page.locator("#unfinished-text").inner_text()
    go_on(page, moved)
    assert page.sent().link


@pytest.mark.parametrize("answer", ["granted", "denied"])
def test_the_browser_is_asked_whether_the_page_may_read_again(
    dropped, choosers: list, film: Path, answer: str
):
    page = dropped(film)
    interrupt(page)
    page.page.evaluate(ANSWERING, answer)

    page.part("continue-button").click()

    if answer == "denied":
        assert_refused(page, "read_refused", "not allowed to read")
        go_on(page, film)
    assert page.sent().link
    assert page.page.evaluate("asked") == ["read film.mkv true"]
    assert len(choosers) == (answer == "denied")


def test_only_what_was_not_dropped_is_chosen_again(dropped, film: Path, tmp_path: Path):
    """One of two files came from the dialog, which gives no handle: only that one is chosen."""
    page = dropped(film)
    other = file_of(tmp_path, "other.txt", 9)
    page.part("file-input").set_input_files(other)
    expect(page.part("file-list").locator("li")).to_have_count(2)
    interrupt(page)

    page.part("continue-button").click()

    assert_refused(page, "files_missing", "1 of 2 files were found")
    go_on(page, other)
    assert page.sent().link
