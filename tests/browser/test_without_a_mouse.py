"""For everybody: keyboard alone, narrow screens, no cookies, nobody else's servers."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import FilePayload, Page, expect

from harness.foreign_sender import ForeignSender
from harness.live_site import LiveSite
from harness.seaweed import SeaweedS3
from tests.browser.pages import DownloadPage, ManagePage, SendPage
from tests.browser.visitors import Visitor

Visit = Callable[..., Visitor]
MOST_TABS = 40
FOCUSED_TEST_ID = "document.activeElement.dataset.testid"
FOCUS_IS_VISIBLE = """() => {
  const shows = (element) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    return (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
  };
  const focused = document.activeElement;
  return shows(focused) || (focused.closest("label") !== null && shows(focused.closest("label")));
}"""


def tab_to(page: Page, test_id: str) -> None:
    """Presses Tab until the element has the focus, and sees that everything on the way shows it."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS_IS_VISIBLE), page.evaluate("document.activeElement.outerHTML")
        if page.evaluate(FOCUSED_TEST_ID) == test_id:
            return
    raise AssertionError(f"{test_id} cannot be reached with Tab")


def test_a_round_trip_without_a_mouse(local_site: LiveSite, visit: Visit, tmp_path: Path):
    sending = SendPage.open(visit(local_site))
    page = sending.page
    tab_to(page, "file-input")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files([FilePayload(name="a.txt", mimeType="", buffer=b"by hand")])
    sending.wait_state("ready")
    tab_to(page, "passphrase-input")
    page.keyboard.type("no mouse")
    tab_to(page, "send-button")
    page.keyboard.press("Enter")
    sent = sending.sent()

    receiving = DownloadPage.open(visit(local_site), sent.link)
    page = receiving.page
    receiving.wait_state("needs-passphrase")
    tab_to(page, "passphrase-input")
    page.keyboard.type("no mouse")
    page.keyboard.press("Enter")
    receiving.wait_state("ready")
    tab_to(page, "download-button")
    with page.expect_download() as started:
        page.keyboard.press("Enter")
    assert Path(started.value.path()).read_bytes() == b"by hand"

    managing = ManagePage.open(visit(local_site), sent.manage_link)
    managing.wait_state("ready")
    tab_to(managing.page, "delete-button")
    managing.page.keyboard.press("Enter")
    tab_to(managing.page, "confirm-delete-button")
    managing.page.keyboard.press("Enter")
    assert managing.wait_state("deleted")


def test_buttons_are_called_as_they_read(local_site: LiveSite, visit: Visit, tmp_path: Path):
    files = {"a.txt": b"a", "b.txt": b"b"}
    sent = ForeignSender(local_site, files, passphrase="p").send()
    receiving = DownloadPage.open(visit(local_site), sent.link)
    receiving.wait_state("needs-passphrase")
    button = receiving.page.get_by_role("button", name="the passphrase")
    button.click()
    expect(button).to_have_accessible_name("Hide the passphrase")
    expect(button).to_have_text("Hide")

    receiving.enter_passphrase("p")
    receiving.save_one(0, tmp_path)
    saved = receiving.part("save-one")
    expect(saved).to_have_accessible_name("Saved: save a.txt again")
    expect(saved).to_have_text("Saved")


def overflow_px(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


@pytest.mark.parametrize("path", ["/", "/how-it-works", "/security", "/status"])
def test_open_pages_fit_on_a_narrow_screen(local_site: LiveSite, visit: Visit, path: str):
    page = visit(local_site, viewport={"width": 320, "height": 640}).open(path)
    assert overflow_px(page) <= 0


def test_the_status_page_needs_no_script(local_site: LiveSite, visit: Visit):
    page = visit(local_site, java_script_enabled=False).open("/")
    page.get_by_role("link", name="Status").click()
    expect(page.get_by_role("heading", name="Everything answers")).to_be_visible()
    expect(page.get_by_text("all answer", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="the same")).to_be_visible()


def test_a_transfer_fits_on_a_narrow_screen(local_site: LiveSite, visit: Visit, tmp_path: Path):
    narrow = visit(local_site, viewport={"width": 320, "height": 640})
    sending = SendPage.open(narrow)
    unbroken = FilePayload(name="w" * 120 + ".txt", mimeType="", buffer=b"x")
    sending.choose([unbroken]).wait_state("ready")
    assert overflow_px(sending.page) <= 0
    sent = sending.send()
    assert overflow_px(sending.page) <= 0
    for opened in (
        DownloadPage.open(narrow, sent.link),
        ManagePage.open(narrow, sent.manage_link),
    ):
        opened.wait_state("ready")
        assert overflow_px(opened.page) <= 0


def test_paper_shows_the_whole_link_in_ink_and_nothing_to_press(local_site: LiveSite, visit: Visit):
    a4 = {"viewport": {"width": 720, "height": 1018}, "color_scheme": "dark"}
    sending = SendPage.open(visit(local_site, **a4))
    sending.choose([FilePayload(name="a.txt", mimeType="", buffer=b"x")]).send()

    sending.page.emulate_media(media="print")

    link = sending.part("share-link")
    assert link.evaluate("(field) => field.scrollWidth - field.clientWidth") <= 0
    assert link.evaluate("(field) => getComputedStyle(field).color") == "rgb(0, 0, 0)"
    assert sending.page.locator("button:visible").count() == 0


def test_no_cookies_and_nobody_elses_servers(
    s3_site: LiveSite, seaweed: SeaweedS3, visit: Visit, tmp_path: Path
):
    visitor = visit(s3_site)
    asked = set()
    visitor.context.on("request", lambda request: asked.add(request.url))
    sending = SendPage.open(visitor).choose([FilePayload(name="a", mimeType="", buffer=b"a")])
    sent = sending.send()
    DownloadPage.open(visitor, sent.link).save(tmp_path)
    ManagePage.open(visitor, sent.manage_link).wait_state("ready")

    assert visitor.context.cookies() == []
    origins = {urlsplit(url)[:2] for url in asked if not url.startswith(("blob:", "data:"))}
    assert origins == {urlsplit(s3_site.url)[:2], urlsplit(seaweed.endpoint_url)[:2]}


@pytest.mark.parametrize("path", ["/", f"/d/{'0' * 22}", f"/manage/{'0' * 22}"])
def test_pages_are_the_same_for_everybody(local_site: LiveSite, visit: Visit, path: str):
    stranger = visit(local_site)
    stranger.expect_status(404)
    seen = {
        stranger.context.request.get(address, headers=headers).text()
        for address in (path, path.replace("0" * 22, "1" * 22))
        for headers in ({}, {"Accept-Language": "de", "Cookie": "a=b", "User-Agent": "x"})
    }
    assert len(seen) == 1


def test_test_ids_are_given_once_in_each_state(local_site: LiveSite, visit: Visit):
    visitor = visit(local_site)
    sending = SendPage.open(visitor)
    expect_once(sending, "file-input", "send-button", "expires-select", "downloads-select")
    expect_once(sending, "passphrase-input", "token-input", "progress", "cancel-button")
    expect_once(sending, "share-link", "share-key", "manage-link", "file-list", "error-message")

    sent = ForeignSender(local_site, {"a": b"a"}, passphrase="p").send()
    receiving = DownloadPage.open(visitor, sent.link.split("#")[0])
    receiving.wait_state("no-key")
    expect_once(receiving, "key-input", "unlock-button", "file-list", "download-button")
    assert receiving.part("unlock-button").is_visible()
    receiving.enter_key(sent.secret_text).wait_state("needs-passphrase")
    expect_once(receiving, "passphrase-input", "unlock-button", "progress", "error-message")
    assert receiving.part("unlock-button").is_visible()

    managing = ManagePage.open(visitor, sent.manage_link)
    expect_once(managing, "delete-button", "transfer-state", "error-message")


def expect_once(page: SendPage | DownloadPage | ManagePage, *test_ids: str) -> None:
    assert {name: page.part(name).count() for name in test_ids} == dict.fromkeys(test_ids, 1)
