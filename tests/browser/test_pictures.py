"""The pictures of docs/, made from the running pages: a page that shows another one turns this red.

With DOCS_PICTURES they are kept in that folder, for `make docs`.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright

from deploy.docs_site import pictures
from harness import chromium
from harness.certificate import self_signed
from harness.foreign_sender import ForeignSender
from harness.live_site import LiveSite
from harness.tls_proxy import TlsProxy
from tests.browser import at_rest
from tests.browser.pages import DownloadPage, ManagePage, SendPage
from tests.browser.visitors import Visitor

ROOT = Path(__file__).parents[2]
ORIGIN = "https://send.example"
WIDTH, MARGIN = 840, 14
PASSWORD = "seven hills and a river"
FILES = {"Interview.flac": bytes(300_000), "Transcript.txt": b"Good evening."}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    kept = os.environ.get("DOCS_PICTURES")
    chosen = ROOT / kept if kept else tmp_path_factory.mktemp("pictures")
    chosen.mkdir(parents=True, exist_ok=True)
    return chosen


@pytest.fixture
def public_site(start_site: Callable[..., LiveSite]) -> LiveSite:
    return start_site(SGRAPH_SEND__PUBLIC_URL=ORIGIN)


@pytest.fixture
def visit(
    playwright: Playwright, public_site: LiveSite, tmp_path: Path
) -> Iterator[Callable[..., Visitor]]:
    """Lets people in by the site's name: the pictures show its links."""
    proxy = TlsProxy(self_signed(tmp_path / "tls"), int(public_site.url.rpartition(":")[2]))
    at = proxy.url.removeprefix("https://")
    browser = chromium.launch(playwright, f"--host-resolver-rules=MAP send.example:443 {at}")
    visitors: list[Visitor] = []

    def let_in(**options: object) -> Visitor:
        visitors.append(Visitor(browser, ORIGIN, ignore_https_errors=True, **options))
        return visitors[-1]

    yield let_in
    browser.close()
    proxy.stop()
    assert not [problem for visitor in visitors for problem in visitor.problems]


def take(page: Page, folder: Path, name: str, until: str) -> None:
    """The page from its top to a little below what the selector `until` finds first."""
    (folder / f"{name}.txt").write_text(page.locator("body").inner_text())
    for scheme in pictures.SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        last = page.locator(until).first.bounding_box()
        width, height = page.viewport_size["width"], last["y"] + last["height"] + MARGIN
        shown = {"x": 0, "y": 0, "width": width, "height": height}
        page.screenshot(
            path=folder / pictures.file_name(name, scheme),
            full_page=True,
            clip=shown,
            animations="disabled",
        )


def signed_in(visitor: Visitor, site: LiveSite) -> Page:
    """An operator on the first page of the panel."""
    make = f"User.objects.create_superuser('anna', password={PASSWORD!r})"
    made = site.manage("shell", "-c", f"from django.contrib.auth.models import User; {make}")
    assert made.returncode == 0, made.stderr
    page = visitor.open("/admin/")
    page.fill("[name=username]", "anna")
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    return page


def test_every_picture_that_the_documents_show_is_made(visit, public_site, folder: Path):
    size = {"viewport": {"width": WIDTH, "height": WIDTH}, "device_scale_factor": 2}
    visitor = visit(**size)
    files = [
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        for name, content in FILES.items()
    ]
    sending = SendPage.open(visitor).choose(files).set(downloads="5")
    take(sending.page, folder, "send-ready", "#send-form")
    sent = sending.send()
    take(sending.page, folder, "send-done", ".sheet:has(#manage-field)")

    receiving = DownloadPage.open(visit(**size), sent.link)
    receiving.names()
    take(receiving.page, folder, "download-ready", "#files")

    managing = ManagePage.open(visit(**size), sent.manage_link)
    managing.wait_state("ready")
    take(managing.page, folder, "manage", "#ending")

    ended = ForeignSender(public_site, FILES).send()
    at_rest.expire(public_site, ended.transfer_id)
    latecomer = visit(**size)
    latecomer.expect_status(410)
    late = DownloadPage.open(latecomer, ended.link.removeprefix(public_site.url))
    late.wait_state("expired")
    take(late.page, folder, "download-expired", "main a.button:visible")

    wide = {"viewport": {"width": 1280, "height": WIDTH}, "device_scale_factor": 2}
    assert public_site.manage("cleanup_transfers").returncode == 0  # the panel shows its counts
    panel = signed_in(visit(**wide), public_site)
    take(panel, folder, "panel", "[data-testid=over-the-span]")

    named = pictures.names_in(ROOT / "docs")
    wanted = {pictures.file_name(name, scheme) for name in named for scheme in pictures.SCHEMES}
    assert {path.name for path in folder.glob("*.png")} == wanted
    assert all(path.stat().st_size > 5000 for path in folder.glob("*.png"))

    says = pictures.words_of((folder / f"{pictures.FRONT}.txt").read_text())
    kept = pictures.words_kept()
    alike = len(says & kept) / len(says | kept)
    assert alike > 0.8, (
        "README shows an old page; python -m deploy.docs_site.pictures keeps the new"
    )
