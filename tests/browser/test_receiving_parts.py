"""Which ranges a download fetches, and how it pauses, goes on and ends."""

import os
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Request, Route, expect

from harness.foreign_sender import ForeignSender
from harness.live_site import LiveSite
from tests.browser.pages import DownloadPage, Saved
from tests.browser.private_files import private_files
from tests.browser.visitors import Visitor

PART = 2**24
SEALED_PART = 16_778_264
SILENT_AT_MOST_MS = 65_000
PAYLOAD = re.compile(r"/payload\?|X-Amz-Signature=")
Visit = Callable[..., Visitor]


def part_of(request: Request) -> int:
    return int(re.match(r"bytes=(\d+)-", request.headers["range"])[1]) // SEALED_PART


def watch_parts(page: DownloadPage) -> list[int]:
    """The parts that the page asks for, as it does so."""
    fetched: list[int] = []
    page.page.on(
        "request",
        lambda request: fetched.append(part_of(request)) if PAYLOAD.search(request.url) else None,
    )
    return fetched


def continued(page: DownloadPage, button: str, folder: Path) -> Saved:
    with page.page.expect_download() as started:
        page.part(button).click()
    page.wait_state("done")
    path = folder / "continued"
    started.value.save_as(path)
    return Saved(started.value.suggested_filename, path)


def test_one_file_alone_fetches_its_ranges_only(site: LiveSite, visit: Visit, tmp_path: Path):
    files = {"a.bin": os.urandom(PART + 9), "b.txt": b"small", "c.bin": os.urandom(PART)}
    page = DownloadPage.open(visit(site), ForeignSender(site, files).send().link)
    fetched = watch_parts(page)

    assert page.save_one(1, tmp_path).path.read_bytes() == b"small"
    assert fetched == [1]

    assert page.save_one(2, tmp_path).path.read_bytes() == files["c.bin"]
    assert sorted(fetched) == [1, 1, 2]


def test_a_paused_download_goes_on_from_the_last_verified_part(
    local_site: LiveSite, visit: Visit, tmp_path: Path
):
    content = os.urandom(3 * PART + 7)
    page = DownloadPage.open(
        visit(local_site), ForeignSender(local_site, {"film.mkv": content}).send().link
    )
    page.names()
    fetched = watch_parts(page)
    holding = [True]

    def hold_the_last_part(route: Route) -> None:
        if not (holding and part_of(route.request) == 3):
            route.continue_()

    page.page.route(PAYLOAD, hold_the_last_part)
    page.part("download-button").click()
    expect(page.page.locator(".progress [data-part=safe]")).to_have_count(3)
    page.part("pause-button").click()
    page.wait_state("paused")
    assert len(private_files(page.page)) == 1

    holding.clear()
    saved = continued(page, "continue-button", tmp_path)

    assert saved.path.read_bytes() == content
    assert sorted(fetched) == [0, 1, 2, 3, 3]


def test_a_connection_that_falls_silent_is_given_up_and_the_part_asked_for_again(
    local_site: LiveSite, visit: Visit, tmp_path: Path
):
    content = os.urandom(2 * PART + 7)
    link = ForeignSender(local_site, {"film.mkv": content}).send().link
    page = DownloadPage.open(visit(local_site), link)
    page.names()
    fetched = watch_parts(page)
    silent: list[Route] = []

    def say_nothing_about_the_second_part_at_first(route: Route) -> None:
        if part_of(route.request) == 1 and not silent:
            silent.append(route)
        else:
            route.continue_()

    page.page.route(PAYLOAD, say_nothing_about_the_second_part_at_first)
    page.page.clock.install()
    with page.page.expect_download() as started:
        page.part("download-button").click()
        expect(page.page.locator(".progress [data-part=safe]")).to_have_count(2)
        # In one leap: what is asked for after it is not silent yet, however late it comes.
        page.page.clock.fast_forward(SILENT_AT_MOST_MS)
    started.value.save_as(tmp_path / "film.mkv")

    assert (tmp_path / "film.mkv").read_bytes() == content
    assert sorted(fetched) == [0, 1, 1, 2]


def test_a_paused_download_that_is_cancelled_leaves_nothing(local_site: LiveSite, visit: Visit):
    page = DownloadPage.open(
        visit(local_site), ForeignSender(local_site, {"a.bin": bytes(2 * PART)}).send().link
    )
    page.names()
    page.page.route(PAYLOAD, lambda route: None)
    with page.page.expect_request(PAYLOAD):
        page.part("download-button").click()

    page.part("pause-button").click()
    page.wait_state("paused")
    page.part("cancel-button").click()

    page.wait_state("cancelled")
    assert private_files(page.page) == {}


def test_a_part_that_comes_short_is_fetched_again(
    local_site: LiveSite, visit: Visit, tmp_path: Path
):
    content = os.urandom(PART + 7)
    page = DownloadPage.open(
        visit(local_site), ForeignSender(local_site, {"a.bin": content}).send().link
    )
    page.names()
    fetched = watch_parts(page)

    def shorten(route: Route) -> None:
        answer = route.fetch()
        headers = {**answer.headers, "content-length": "1000"}
        route.fulfill(status=206, headers=headers, body=answer.body()[:1000])

    page.page.route(PAYLOAD, shorten, times=1)

    assert page.save(tmp_path).path.read_bytes() == content
    assert len(fetched) == 3
