"""The pictures of docs/, made from the running pages: a page that shows another one turns this red.

With DOCS_PICTURES they are kept in that folder, for `make docs`.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from deploy.docs_site import pictures
from tests.browser import at_rest
from tests.browser.foreign_sender import ForeignSender
from tests.browser.pages import DownloadPage, ManagePage, SendPage
from tests.browser.visitors import Visitor
from tests.services.live_site import LiveSite

ROOT = Path(__file__).parents[2]
WIDTH, MARGIN = 840, 14
PASSWORD = "seven hills and a river"
FILES = {"Interview.flac": bytes(300_000), "Transcript.txt": b"Good evening."}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    kept = os.environ.get("DOCS_PICTURES")
    chosen = ROOT / kept if kept else tmp_path_factory.mktemp("pictures")
    chosen.mkdir(parents=True, exist_ok=True)
    return chosen


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


def test_every_picture_that_the_documents_show_is_made(visit, local_site, folder: Path):
    size = {"viewport": {"width": WIDTH, "height": WIDTH}, "device_scale_factor": 2}
    visitor = visit(local_site, **size)
    files = [
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        for name, content in FILES.items()
    ]
    sending = SendPage.open(visitor).choose(files).set(downloads="5")
    take(sending.page, folder, "send-ready", "#send-form")
    sent = sending.send()
    take(sending.page, folder, "send-done", ".sheet:has(#manage-field)")

    receiving = DownloadPage.open(visit(local_site, **size), sent.link)
    receiving.names()
    take(receiving.page, folder, "download-ready", "#files")

    managing = ManagePage.open(visit(local_site, **size), sent.manage_link)
    managing.wait_state("ready")
    take(managing.page, folder, "manage", "#ending")

    ended = ForeignSender(local_site, FILES).send()
    at_rest.expire(local_site, ended.transfer_id)
    latecomer = visit(local_site, **size)
    latecomer.expect_status(410)
    late = DownloadPage.open(latecomer, ended.link)
    late.wait_state("expired")
    take(late.page, folder, "download-expired", "main a.button:visible")

    wide = {"viewport": {"width": 1280, "height": WIDTH}, "device_scale_factor": 2}
    assert local_site.manage("cleanup_transfers").returncode == 0  # the panel shows its counts
    panel = signed_in(visit(local_site, **wide), local_site)
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
