"""A disk that is full, before a download or in its midst: a sentence, no file, nothing staged."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect

from harness.foreign_sender import ForeignSender, call
from harness.live_site import LiveSite
from tests.browser.pages import DownloadPage
from tests.browser.private_files import private_names
from tests.browser.test_receiving_parts import PART, PAYLOAD, part_of
from tests.faults.small_disk import SmallDisk

pytestmark = pytest.mark.long
DISK_MIB = 600
PARTS = 6  # more than a page holds in memory where it cannot stage


@pytest.fixture
def disk(tmp_path: Path) -> SmallDisk:
    return SmallDisk(tmp_path, DISK_MIB)


@pytest.fixture
def sender(own_local_site: LiveSite) -> ForeignSender:
    sender = ForeignSender(own_local_site, {"film.mkv": os.urandom(PARTS * PART)})
    sender.send()
    return sender


def opened(context: BrowserContext, link: str) -> DownloadPage:
    page = DownloadPage(context.new_page())
    page.page.goto(link)
    page.names()
    return page


def assert_full(page: DownloadPage, downloads: list) -> None:
    page.wait_state("too-large", "done", "failed")
    assert (page.state, page.error_code) == ("too-large", "no_room")
    assert "not enough free room" in page.sentence
    assert private_names(page.page) == []
    assert downloads == []


def test_a_disk_that_fills_up_in_mid_download(
    browser: Browser, disk: SmallDisk, sender: ForeignSender
):
    held: list[Route] = []

    def hold_the_last(route: Route) -> None:
        if part_of(route.request) == PARTS - 1 and not held:
            held.append(route)
        else:
            route.continue_()

    with disk.browser(browser) as context:
        page = opened(context, sender.sent.link)
        page.page.route(PAYLOAD, hold_the_last)
        downloads = page.start_saving()
        safe = page.page.locator(".progress [data-part=safe]")
        expect(safe).to_have_count(PARTS - 1, timeout=60_000)
        assert len(private_names(page.page)) == 1
        disk.fill()
        held[0].continue_()

        assert_full(page, downloads)


def test_a_disk_that_is_full_before_takes_no_download(
    browser: Browser, disk: SmallDisk, sender: ForeignSender, own_local_site: LiveSite
):
    with disk.browser(browser) as context:
        page = opened(context, sender.sent.link)
        disk.fill()

        assert_full(page, page.start_saving())

    info = call(f"{own_local_site.url}/transfers/info/{sender.transfer_id}")
    assert info["download_count"] == 0
