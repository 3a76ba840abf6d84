"""An upload that a reload interrupted goes on with what is missing, or is refused with a reason."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from harness.live_site import LiveSite
from tests.browser.interrupted import (
    DUMP,
    PART,
    assert_refused,
    go_on,
    interrupt,
    kept_rows,
    wait_stored,
)
from tests.browser.pages import DownloadPage, SendPage
from tests.browser.test_round_trips import digest, file_of
from tests.browser.visitors import Visitor

Visit = Callable[..., Visitor]


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return file_of(tmp_path, "film.mkv", 3 * PART + 5)


def test_only_missing_parts_are_sent_after_a_reload(
    site: LiveSite, visit: Visit, tmp_path: Path, film: Path
):
    page = SendPage.open(visit(site)).choose([film])
    requests = interrupt(page)
    assert "film.mkv" in page.page.locator("#unfinished").inner_text()
    assert "66 % is stored" in page.page.locator("#unfinished").inner_text()

    requests.hold = lambda index: index == 3
    go_on(page, film)
    page.wait_state("resumed")
    wait_stored(page, 3)
    assert page.state == "resumed"
    requests.release()
    sent = page.sent()

    assert sorted(requests.passed) == [2, 3]
    saved = DownloadPage.open(visit(site), sent.link).save(tmp_path)
    assert (saved.name, digest(saved.path)) == ("film.mkv", digest(film))
    assert kept_rows(page.page) == []


def test_a_passphrase_is_not_needed_again_and_not_kept(
    local_site: LiveSite, visit: Visit, tmp_path: Path, film: Path
):
    page = SendPage.open(visit(local_site)).choose([film])
    page.set(passphrase="correct horse", key_apart=True)
    interrupt(page)
    assert "correct horse" not in page.page.evaluate(DUMP)
    go_on(page, film)
    sent = page.sent()
    assert sent.key

    receiving = DownloadPage.open(visit(local_site), f"{sent.link}#{sent.key}")
    receiving.wait_state("needs-passphrase")
    saved = receiving.enter_passphrase("correct horse").save(tmp_path)
    assert digest(saved.path) == digest(film)


def test_what_is_kept_holds_no_plaintext(local_site: LiveSite, visit: Visit, tmp_path: Path):
    marker = b"nobody else may read this line. " * 4
    original = tmp_path / "marked.bin"
    original.write_bytes(marker * (2 * PART // len(marker)) + os.urandom(PART))
    page = SendPage.open(visit(local_site)).choose([original])
    interrupt(page)

    dumped = page.page.evaluate(DUMP)

    rows = json.loads(dumped)
    assert {len(row["header"]) for row in rows if "header" in row} == {40}
    assert {len(row["tagsDigest"]) for row in rows if "header" in row} == {32}
    assert "marked.bin" in dumped
    assert ",".join(map(str, marker[:32])) not in dumped
    assert marker.decode()[:32] not in dumped
    assert len(dumped) < 10_000


@pytest.mark.parametrize("difference", ["name", "size", "time"])
def test_another_file_is_refused(
    local_site: LiveSite, visit: Visit, tmp_path: Path, film: Path, difference: str
):
    page = SendPage.open(visit(local_site)).choose([film])
    requests = interrupt(page)
    other = film
    if difference == "name":
        other = film.rename(tmp_path / "other.mkv")
    elif difference == "size":
        with film.open("ab") as file:
            file.write(b"x")
    else:
        os.utime(film, (1, 1))

    go_on(page, other)

    assert_refused(page, "other_file", "Name, size or time differ")
    assert requests.passed == []
    assert page.part("continue-button").is_visible()


def test_a_file_that_reads_differently_is_refused(
    local_site: LiveSite, visit: Visit, tmp_path: Path, film: Path
):
    page = SendPage.open(visit(local_site)).choose([film])
    requests = interrupt(page)
    completions = []
    page.page.on("request", lambda request: completions.append(request.url))
    as_it_was = film.stat()
    with film.open("r+b") as file:
        file.seek(PART + 1000)
        original = file.read(1)
        file.seek(PART + 1000)
        file.write(bytes([original[0] ^ 1]))
    os.utime(film, ns=(as_it_was.st_atime_ns, as_it_was.st_mtime_ns))

    go_on(page, film)

    assert_refused(page, "file_changed", "other contents")
    assert requests.passed == []
    assert not [url for url in completions if "/complete/" in url]

    with film.open("r+b") as file:
        file.seek(PART + 1000)
        file.write(original)
    os.utime(film, ns=(as_it_was.st_atime_ns, as_it_was.st_mtime_ns))
    go_on(page, film)
    assert page.sent().link


def test_cancelling_a_continued_upload_erases_it(local_site: LiveSite, visit: Visit, film: Path):
    page = SendPage.open(visit(local_site)).choose([film])
    requests = interrupt(page)
    requests.hold = lambda index: True
    go_on(page, film)
    page.wait_state("resumed")

    with page.page.expect_response("**/abort") as aborted:
        page.part("cancel-button").click()
    page.wait_state("cancelled")

    assert aborted.value.ok
    expect(page.part("continue-button")).to_be_hidden()
    assert kept_rows(page.page) == []


def test_forgetting_erases_and_deletes(local_site: LiveSite, visit: Visit, film: Path):
    page = SendPage.open(visit(local_site)).choose([film])
    interrupt(page)

    with page.page.expect_response("**/abort") as aborted:
        page.part("forget-button").click()

    assert aborted.value.ok
    expect(page.part("continue-button")).to_be_hidden()
    assert kept_rows(page.page) == []


def test_what_the_server_deleted_is_not_offered(local_site: LiveSite, visit: Visit, film: Path):
    visitor = visit(local_site)
    visitor.expect_status(404)
    page = SendPage.open(visitor).choose([film])
    interrupt(page)
    page.page.evaluate(
        """async () => {
          const database = await new Promise((done) => {
            indexedDB.open("sgraph-send").onsuccess = (event) => done(event.target.result);
          });
          const { id, transfer } = await new Promise((done) => {
            const request = database.transaction("uploads").objectStore("uploads").getAll();
            request.onsuccess = () => done(request.result[0]);
          });
          const text = btoa(String.fromCharCode(...transfer.ownerToken));
          const token = text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
          const headers = { "x-sgraph-owner-token": token };
          await fetch(`/transfers/upload/${id}/abort`, { method: "POST", headers });
        }"""
    )

    with page.page.expect_response("**/parts"):
        page.page.reload()

    page.page.wait_for_function("(dump) => eval(dump)().then((text) => text === '[]')", arg=DUMP)
    assert page.part("continue-button").is_hidden()


def test_a_lost_answer_to_completion_needs_no_file(
    local_site: LiveSite, visit: Visit, tmp_path: Path, film: Path
):
    visitor = visit(local_site)
    visitor.expect_problem("net::ERR_FAILED")
    visitor.expect_status(409)
    page = SendPage.open(visitor).choose([film])
    page.page.on("dialog", lambda dialog: dialog.accept())

    asked = []

    def complete_and_lose_the_answer(route) -> None:
        asked.append(route)
        if len(asked) > 1:  # asked again, which is not to end before the reload
            return
        route.fetch()
        route.abort()

    page.page.route("**/complete/**", complete_and_lose_the_answer)
    with page.page.expect_event("requestfailed"):
        page.start()
    page.page.reload()
    page.page.unroute("**/complete/**")
    page.part("continue-button").click()
    sent = page.sent()

    saved = DownloadPage.open(visit(local_site), sent.link).save(tmp_path)
    assert digest(saved.path) == digest(film)
    assert kept_rows(page.page) == []


def test_a_second_tab_does_not_offer_what_the_first_is_sending(
    local_site: LiveSite, visit: Visit, film: Path
):
    visitor = visit(local_site)
    page = SendPage.open(visitor).choose([film])
    requests = interrupt(page, reload=False)

    second = visitor.open("/")
    second.wait_for_load_state("networkidle")
    assert second.get_by_test_id("continue-button").is_hidden()

    requests.release()
    assert page.sent().link


def test_a_folder_goes_on_after_a_reload(local_site: LiveSite, visit: Visit, tmp_path: Path):
    folder = tmp_path / "site visit"
    (folder / "deep").mkdir(parents=True)
    file_of(folder, "walk.mov", 2 * PART)
    file_of(folder / "deep", "grüße.bin", PART + 9)
    page = SendPage.open(visit(local_site))
    page.part("folder-input").set_input_files(folder)
    requests = interrupt(page)
    assert "2 files" in page.page.locator("#unfinished").inner_text()

    go_on(page, folder)

    assert page.sent().link
    assert sorted(requests.passed) == [2, 3]
