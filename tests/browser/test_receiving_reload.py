"""A reloaded page goes on from the parts that it verified before, and believes nothing else."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from harness.foreign_sender import ForeignSender
from harness.live_site import LiveSite
from tests.browser import at_rest
from tests.browser.pages import DownloadPage
from tests.browser.private_files import private_names
from tests.browser.test_receiving_parts import PART, PAYLOAD, part_of, watch_parts
from tests.browser.visitors import Visitor

Visit = Callable[..., Visitor]
PARTLY_HERE = "saving goes on from there"
NOT_OURS = "/how-it-works"  # a page of the same origin that touches nothing of this
CHANGE = """async ([position, lengthBytes]) => {
  const root = await navigator.storage.getDirectory();
  const staging = await root.getDirectoryHandle("sgraph-send-staging");
  // The worker of the page before holds its file until it is gone, a moment after that page.
  async function open(handle, triesLeft = 400) {
    try {
      return await handle.createWritable({ keepExistingData: true });
    } catch (error) {
      if (error.name !== "NoModificationAllowedError" || triesLeft === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return open(handle, triesLeft - 1);
    }
  }
  for await (const handle of staging.values()) {
    const writable = await open(handle);
    const data = new Uint8Array(9);
    if (position !== null) await writable.write({ type: "write", position, data });
    if (lengthBytes !== null) await writable.truncate(lengthBytes);
    await writable.close();
  }
}"""


class Interrupted:
    """A recipient whose page is reloaded when every part but some was verified and written."""

    def __init__(self, visitor: Visitor, link: str, held: set[int], part_count: int) -> None:
        self.visitor = visitor
        self.page = DownloadPage.open(visitor, link)
        self.page.page.on("dialog", lambda dialog: dialog.accept())
        self.page.names()
        self.holding = True
        self.held = held
        self.page.page.route(PAYLOAD, self._hold)
        self.downloads = self.page.start_saving()
        self.wait_parts(part_count - len(held))
        assert len(private_names(self.page.page)) == 1

    def _hold(self, route: Route) -> None:
        if not (self.holding and part_of(route.request) in self.held):
            route.continue_()

    def wait_parts(self, count: int) -> None:
        safe = self.page.page.locator(".progress [data-part=safe]")
        expect(safe).to_have_count(count, timeout=60_000)

    def reload(self, meanwhile: Callable[[Page], None] | None = None) -> DownloadPage:
        address = self.page.page.url
        if meanwhile:
            self.page.page.goto(NOT_OURS)
            meanwhile(self.page.page)
            self.page.page.goto(address)
        else:
            self.page.page.reload()
        self.page.wait_state("ready")
        self.fetched = watch_parts(self.page)
        self.holding = False
        return self.page

    @property
    def lede(self) -> str:
        return self.page.page.locator(".lede").inner_text()


def interrupted(
    site: LiveSite, visitor: Visitor, files: dict[str, bytes], held: set[int]
) -> Interrupted:
    sender = ForeignSender(site, files)
    link = sender.send(max_downloads=1).link
    return Interrupted(visitor, link, held, -(-len(sender.stream) // PART))


def test_verified_parts_are_not_fetched_again(site: LiveSite, visit: Visit, tmp_path: Path):
    content = os.urandom(3 * PART + 7)
    recipient = interrupted(site, visit(site), {"film.mkv": content}, held={1, 3})
    page = recipient.reload()
    assert PARTLY_HERE in recipient.lede
    assert recipient.downloads == []

    saved = page.save(tmp_path)

    assert saved.path.read_bytes() == content
    assert sorted(recipient.fetched) == [1, 3]
    assert (
        page.page.evaluate("Object.keys(sessionStorage).filter((key) => /staged/.test(key))") == []
    )


def test_an_archive_goes_on_where_it_was(local_site: LiveSite, visit: Visit, tmp_path: Path):
    files = {
        "a/ü.txt": b"small",
        "film.mkv": os.urandom(2 * PART),
        "empty": b"",
        **{f"many/{number}": os.urandom(1000) for number in range(300)},
        "last.bin": os.urandom(PART),
    }
    recipient = interrupted(local_site, visit(local_site), files, held={3})
    page = recipient.reload()

    saved = page.save(tmp_path)

    with zipfile.ZipFile(saved.path) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == files
    # What a page gathers before it writes may be lost with it; that part is fetched once more.
    assert set(recipient.fetched) <= {2, 3}


def test_one_file_of_several_goes_on_where_it_was(
    local_site: LiveSite, visit: Visit, tmp_path: Path
):
    files = {"a.bin": os.urandom(99), "b.bin": os.urandom(4 * PART), "c.bin": os.urandom(99)}
    sent = ForeignSender(local_site, files).send()
    page = DownloadPage.open(visit(local_site), sent.link)
    page.page.on("dialog", lambda dialog: dialog.accept())
    page.names()
    page.page.route(PAYLOAD, lambda route: part_of(route.request) == 3 or route.continue_())
    page.part("file-list").get_by_role("button", name="Save b.bin").click()
    expect(page.page.locator(".progress [data-part=safe]")).to_have_count(4)
    page.page.reload()
    page.wait_state("ready")
    fetched = watch_parts(page)
    page.page.unroute(PAYLOAD)

    saved = page.save_one(1, tmp_path)

    assert saved.path.read_bytes() == files["b.bin"]
    # Of the first and the last part only a piece was wanted: too little to compare.
    assert sorted(fetched) == [0, 3, 4]


def test_bytes_that_were_changed_meanwhile_are_fetched_again(
    local_site: LiveSite, visit: Visit, tmp_path: Path
):
    content = os.urandom(3 * PART + 7)
    recipient = interrupted(local_site, visit(local_site), {"film.mkv": content}, held={3})
    page = recipient.reload(lambda other: other.evaluate(CHANGE, [PART + 4000, None]))
    assert PARTLY_HERE in recipient.lede

    saved = page.save(tmp_path)

    assert saved.path.read_bytes() == content
    assert sorted(recipient.fetched) == [1, 3]


def test_a_file_of_another_length_is_not_gone_on_with(
    local_site: LiveSite, visit: Visit, tmp_path: Path
):
    content = os.urandom(2 * PART + 7)
    recipient = interrupted(local_site, visit(local_site), {"film.mkv": content}, held={2})
    page = recipient.reload(lambda other: other.evaluate(CHANGE, [None, 2 * PART]))
    assert PARTLY_HERE not in recipient.lede
    assert private_names(page.page) == []

    saved = page.save(tmp_path)

    assert saved.path.read_bytes() == content
    assert sorted(recipient.fetched) == [0, 1, 2]


def test_another_tab_leaves_what_a_reloaded_one_claims(
    local_site: LiveSite, visit: Visit, tmp_path: Path
):
    content = os.urandom(2 * PART + 7)
    recipient = interrupted(local_site, visit(local_site), {"film.mkv": content}, held={2})
    page = recipient.reload()

    recipient.visitor.open("/").wait_for_load_state("networkidle")

    assert len(private_names(page.page)) == 1
    assert page.save(tmp_path).path.read_bytes() == content
    assert recipient.fetched == [2]


def test_a_duplicated_tab_does_not_write_into_the_same_file(
    local_site: LiveSite, visit: Visit, tmp_path: Path
):
    content = os.urandom(2 * PART + 7)
    recipient = interrupted(local_site, visit(local_site), {"film.mkv": content}, held={2})
    memory = recipient.page.page.evaluate("JSON.stringify({ ...sessionStorage })")
    second = recipient.visitor.context.new_page()
    second.goto(NOT_OURS)
    second.evaluate("(text) => Object.assign(sessionStorage, JSON.parse(text))", memory)
    second.goto(recipient.page.page.url)
    duplicate = DownloadPage(second)
    duplicate.wait_state("ready")
    assert PARTLY_HERE not in second.locator(".lede").inner_text()

    assert duplicate.save(tmp_path).path.read_bytes() == content

    recipient.wait_parts(2)
    assert recipient.page.state == "working"


def test_a_part_that_is_damaged_after_a_reload_leaves_nothing(local_site: LiveSite, visit: Visit):
    content = os.urandom(2 * PART + 7)
    sender = ForeignSender(local_site, {"film.mkv": content})
    recipient = Interrupted(visit(local_site), sender.send().link, {2}, part_count=3)
    at_rest.flip_a_byte(local_site, sender.transfer_id, part=2)
    page = recipient.reload()

    downloads = page.start_saving()

    page.wait_state("damaged")
    assert downloads == []
    assert private_names(page.page) == []
    page.page.reload()
    page.wait_state("ready")
    assert PARTLY_HERE not in recipient.lede


def test_cancelling_after_a_reload_leaves_nothing(local_site: LiveSite, visit: Visit):
    content = os.urandom(2 * PART + 7)
    recipient = interrupted(local_site, visit(local_site), {"film.mkv": content}, held={2})
    page = recipient.reload()
    recipient.holding = True
    page.start_saving()
    recipient.wait_parts(2)

    page.part("cancel-button").click()

    page.wait_state("cancelled")
    assert private_names(page.page) == []
