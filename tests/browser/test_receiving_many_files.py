"""Ten thousand files in one transfer: the list, one of them alone, and all of them at once."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from harness.foreign_sender import ForeignSender, Sent
from harness.live_site import LiveSite
from tests.browser.pages import DownloadPage
from tests.browser.test_receiving_parts import PART, watch_parts
from tests.browser.visitors import Visitor

pytestmark = pytest.mark.long
Visit = Callable[..., Visitor]
MANY = 10_000
SHOWN_AT_ONCE = 500
# How often the page's own thread came round, and the longest time that it did not.
WATCH_THREAD = """() => {
  globalThis.longestGapMs = 0;
  let last = performance.now();
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    const now = performance.now();
    globalThis.longestGapMs = Math.max(globalThis.longestGapMs, now - last);
    last = now;
    setTimeout(() => channel.port2.postMessage(0), 5);
  };
  channel.port2.postMessage(0);
}"""


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """Small ones in a hundred folders, and one larger than a part among them."""
    small = {f"{n % 100:02d}/{n:05d}.txt": f"file {n}\n".encode() * 30 for n in range(MANY - 1)}
    return {**small, "last.bin": bytes(range(256)) * (PART // 256 + 1)}


@pytest.fixture(scope="module")
def sent(local_site: LiveSite, files: dict[str, bytes]) -> Sent:
    return ForeignSender(local_site, files).send()


def test_ten_thousand_files_are_listed_stretch_by_stretch(
    local_site: LiveSite, visit: Visit, sent: Sent, files: dict[str, bytes]
):
    page = DownloadPage.open(visit(local_site), sent.link)

    assert page.names() == list(files)[:SHOWN_AT_ONCE]
    assert page.page.locator("h1").inner_text() == "Someone sent you 10,000 files"
    page.page.get_by_role("button", name="Show more: 9,500 are left").click()
    rows = page.part("file-list").locator(".row__name")
    expect(rows).to_have_count(2 * SHOWN_AT_ONCE)
    assert rows.last.text_content() == list(files)[2 * SHOWN_AT_ONCE - 1]


def test_one_of_ten_thousand_files_is_saved_alone(
    local_site: LiveSite, visit: Visit, sent: Sent, files: dict[str, bytes], tmp_path: Path
):
    page = DownloadPage.open(visit(local_site), sent.link)
    page.names()
    fetched = watch_parts(page)

    saved = page.save_one(321, tmp_path)

    assert saved.path.read_bytes() == list(files.values())[321]
    assert fetched == [0]
    row = page.part("file-list").get_by_role("listitem").nth(321)
    expect(row.get_by_role("button")).to_have_text(["Look", "Saved"])
    assert "9,999 files" in page.page.locator(".lede").inner_text()


def test_ten_thousand_files_are_saved_at_once_by_a_page_that_answers(
    local_site: LiveSite,
    visit: Visit,
    sent: Sent,
    files: dict[str, bytes],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
):
    visitor = visit(local_site)
    visitor.context.add_init_script(f"({WATCH_THREAD})()")
    page = DownloadPage.open(visitor, sent.link)
    page.names()
    record_property("longest_gap_while_opening_ms", page.page.evaluate("longestGapMs"))
    page.page.evaluate("globalThis.longestGapMs = 0")

    saved = page.save(tmp_path)

    record_property("longest_gap_while_saving_ms", page.page.evaluate("longestGapMs"))
    with zipfile.ZipFile(saved.path) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == files
    buttons = page.part("file-list").get_by_role("button", name="again")
    expect(buttons).to_have_count(SHOWN_AT_ONCE)
