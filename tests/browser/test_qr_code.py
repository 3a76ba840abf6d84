"""The QR code of a link, read from the screen as a phone reads it."""

import io

import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from harness.live_site import LiveSite
from harness.waiting import wait_until
from tests.browser.pages import SendPage
from tests.browser.visitors import Visitor

NARROW = {"viewport": {"width": 320, "height": 640}}


def sent(visitor: Visitor) -> SendPage:
    sending = SendPage.open(visitor)
    sending.choose([{"name": "a.txt", "mimeType": "text/plain", "buffer": b"sea"}]).send()
    return sending


def read(page: Page) -> str:
    """What the one code on the screen says."""
    picture = page.get_by_test_id("qr").get_by_role("img")
    picture.scroll_into_view_if_needed()
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot())))
    return code.text


def test_a_phone_reads_the_link_from_the_screen_whole_or_without_its_key(visit, local_site):
    sending = sent(visit(local_site, color_scheme="dark", **NARROW))
    whole = sending.part("share-link").input_value()

    sending.part("show-qr").click()
    expect(sending.part("qr")).to_contain_text("It holds the key")
    assert read(sending.page) == whole

    sending.page.get_by_role("button", name="Show link and key apart").click()
    expect(sending.part("qr")).to_be_hidden()
    sending.part("show-qr").click()
    expect(sending.part("qr")).to_contain_text("asked for the key")
    assert read(sending.page) == whole.partition("#")[0]

    sending.part("show-qr").click()
    expect(sending.part("qr")).to_be_hidden()
    assert sending.part("qr").get_by_role("img").count() == 0


def test_the_worker_that_makes_it_ends_with_its_answer(visit, local_site: LiveSite):
    sending = sent(visit(local_site))
    ended: list[str] = []
    sending.page.on("worker", lambda worker: worker.on("close", lambda w: ended.append(w.url)))

    sending.part("show-qr").click()
    expect(sending.part("qr").get_by_role("img")).to_be_visible()

    # Asking the page for something lets the news of its workers come in.
    wait_until(lambda: sending.page.title() and ended, "the end of the worker")
    assert "/qr_worker." in ended[0]


def test_without_its_script_the_page_says_what_to_do(visit, local_site: LiveSite):
    visitor = visit(local_site)
    visitor.expect_problem("qr_worker")
    sending = sent(visitor)
    sending.page.route("**/qr_worker*", lambda route: route.abort())

    sending.part("show-qr").click()

    expect(sending.part("qr")).to_have_text("The QR code could not be made. Copy the link instead.")
