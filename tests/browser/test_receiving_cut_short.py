"""Nothing that looks complete: what ends a download early leaves no file, and says so."""

import os
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Download, Route, expect

from harness.foreign_sender import ForeignSender
from harness.live_site import LiveSite
from harness.waiting import wait_until
from tests.browser.pages import SLOW_MS, DownloadPage
from tests.browser.private_files import PICKERS, private_files, private_names
from tests.browser.stored_payload import LocalPayload
from tests.browser.test_receiving_parts import part_of
from tests.browser.visitors import Visitor

PART = 2**24
CONTENT_BYTES = 2 * PART + 11
PAYLOAD = re.compile(r"/payload\?")
EMPTY_FILE = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
Visit = Callable[..., Visitor]


class Recipient:
    """Somebody on the download page, and every download that their browser began."""

    def __init__(self, visitor: Visitor, link: str) -> None:
        self.visitor = visitor
        self.downloads: list[Download] = []
        self.page = DownloadPage.open(visitor, link)
        self.page.page.on("download", lambda download: self.downloads.append(download))
        self.page.names()

    def press(self, test_id: str = "download-button") -> None:
        self.page.part(test_id).click()

    def hold_part(self, index: int) -> None:
        """That part never arrives."""

        def hold(route: Route) -> None:
            if part_of(route.request) != index:
                route.continue_()

        self.page.page.route(PAYLOAD, hold)

    def wait_parts(self, count: int) -> None:
        expect(self.page.page.locator(".progress [data-part=safe]")).to_have_count(count)

    def set_quota(self, site: LiveSite, quota_bytes: int) -> None:
        """What this browser lets the site keep from now on."""
        session = self.visitor.context.new_cdp_session(self.page.page)
        session.send(
            "Storage.overrideQuotaForOrigin", {"origin": site.url, "quotaSize": quota_bytes}
        )

    def private_files(self) -> dict[str, str]:
        return private_files(self.page.page)


@pytest.fixture
def sent(local_site: LiveSite):
    return ForeignSender(local_site, {"film.mkv": os.urandom(CONTENT_BYTES)}).send()


def test_a_closed_tab(visit: Visit, local_site: LiveSite, sent):
    recipient = Recipient(visit(local_site), sent.link)
    recipient.hold_part(2)
    recipient.press()
    recipient.wait_parts(2)
    assert len(recipient.private_files()) == 1

    recipient.page.page.close(run_before_unload=False)

    later = DownloadPage.open(recipient.visitor, sent.link)

    def is_swept() -> bool:
        """By one of the pages that follow: the closed one may hold the file a moment longer."""
        later.names()
        if private_names(later.page):
            later.page.reload()
        return private_names(later.page) == []

    wait_until(is_swept, "an empty private file system")
    assert recipient.downloads == []


def test_a_closed_tab_leaves_a_picked_file_without_content(
    visit: Visit, local_site: LiveSite, sent
):
    visitor = visit(local_site)
    visitor.context.add_init_script(PICKERS)
    recipient = Recipient(visitor, sent.link)
    recipient.hold_part(2)
    recipient.press("save-as-button")
    recipient.wait_parts(2)

    recipient.page.page.close(run_before_unload=False)

    later = visitor.open(sent.link)
    assert private_files(later) == {"picked/film.mkv": EMPTY_FILE}


def test_a_closed_tab_leaves_a_picked_folder_marked_as_unfinished(
    visit: Visit, local_site: LiveSite
):
    files = {"a.bin": os.urandom(PART), "b.bin": os.urandom(PART)}
    visitor = visit(local_site)
    visitor.context.add_init_script(PICKERS)
    recipient = Recipient(visitor, ForeignSender(local_site, files).send().link)
    recipient.hold_part(1)
    recipient.press("save-folder-button")
    recipient.wait_parts(1)

    recipient.page.page.close(run_before_unload=False)

    left = private_files(visitor.open("/how-it-works"), "picked")
    assert "sgraph-send-unfinished.txt" in left
    assert left.get("b.bin") in (None, EMPTY_FILE)


def test_a_stopped_server_is_waited_for_and_then_gone_on_from(
    visit: Visit, start_site: Callable[..., LiveSite]
):
    site = start_site()
    recipient = Recipient(
        visit(site), ForeignSender(site, {"a.bin": os.urandom(CONTENT_BYTES)}).send().link
    )
    recipient.visitor.expect_problem("net::ERR_")
    held: list[Route] = []

    def hold_the_last(route: Route) -> None:
        if part_of(route.request) == 2 and not held:
            held.append(route)
        else:
            route.continue_()

    recipient.page.page.route(PAYLOAD, hold_the_last)
    recipient.press()
    recipient.wait_parts(2)
    site.kill()
    held[0].continue_()

    recipient.page.wait_state("offline")
    assert recipient.downloads == []

    with recipient.page.page.expect_download(timeout=SLOW_MS):
        site.start()
    recipient.page.wait_state("done")


def test_a_store_that_lost_its_end(visit: Visit, local_site: LiveSite, sent):
    stored = LocalPayload(local_site, sent.transfer_id)
    stored.write(stored.read()[:-100])
    recipient = Recipient(visit(local_site), sent.link)
    recipient.visitor.expect_problem("responded with a status of (416|5..)")

    recipient.press()

    recipient.page.wait_state("damaged", "failed")
    assert "nothing was saved" in recipient.page.sentence.lower()
    assert recipient.downloads == []
    assert recipient.private_files() == {}


@pytest.mark.parametrize("quota_bytes", [1_000_000, 4 * PART])
def test_too_little_room_takes_no_download(visit: Visit, local_site: LiveSite, quota_bytes: int):
    sender = ForeignSender(local_site, {"film.mkv": bytes(5 * PART)})
    sent = sender.send(max_downloads=1)
    recipient = Recipient(visit(local_site), sent.link)
    recipient.set_quota(local_site, quota_bytes)

    recipient.press()

    assert recipient.page.wait_state("too-large")
    assert "not enough free room" in recipient.page.sentence
    assert recipient.downloads == []
    assert recipient.private_files() == {}
    assert Recipient(visit(local_site), sent.link).page.names() == ["film.mkv"]


@pytest.mark.parametrize("button", ["save-as-button", "save-folder-button"])
def test_room_that_ends_in_mid_download_leaves_nothing(
    visit: Visit, local_site: LiveSite, button: str
):
    files = {"a.bin": os.urandom(PART), "b.bin": os.urandom(PART), "c.bin": os.urandom(PART)}
    visitor = visit(local_site)
    visitor.context.add_init_script(PICKERS)
    recipient = Recipient(visitor, ForeignSender(local_site, files).send().link)
    held: list[Route] = []

    def hold_the_last(route: Route) -> None:
        if part_of(route.request) == 2 and not held:
            held.append(route)
        else:
            route.continue_()

    recipient.page.page.route(PAYLOAD, hold_the_last)
    recipient.press(button)
    recipient.wait_parts(2)
    assert recipient.private_files() != {}
    recipient.set_quota(local_site, PART)
    held[0].continue_()

    assert recipient.page.wait_state("too-large", "done", "failed") == "too-large"
    assert recipient.page.error_code == "no_room"
    assert "not enough free room" in recipient.page.sentence
    assert recipient.private_files() == {}
    assert recipient.downloads == []
