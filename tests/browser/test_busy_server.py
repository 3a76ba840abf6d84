"""Both pages wait for a server whose slots are all taken, say so, and go on by themselves."""

import json
import os
import re
from collections.abc import Callable

from playwright.sync_api import Page, Route

from harness.foreign_sender import ForeignSender
from harness.live_site import LiveSite
from tests.browser.pages import DownloadPage, SendPage
from tests.browser.part_requests import index_of
from tests.browser.visitors import Visitor

BODY = json.dumps({"code": "server_busy", "detail": "Too many transfers run at this moment."})


class TakenSlots:
    """Answers every request for a part as a server without a free slot does, until `free`."""

    def __init__(self, page: Page, url: object) -> None:
        self._page, self._url = page, url
        page.route(url, self._refuse)

    def _refuse(self, route: Route) -> None:
        headers = {"Retry-After": "1", "Content-Type": "application/json"}
        route.fulfill(status=503, headers=headers, body=BODY)

    def free(self) -> None:
        self._page.unroute(self._url)


def test_a_download_waits_for_a_slot(visit: Callable[..., Visitor], local_site: LiveSite):
    content = os.urandom(300_000)
    visitor = visit(local_site)
    visitor.expect_status(503)
    page = DownloadPage.open(visitor, ForeignSender(local_site, {"a.bin": content}).send().link)
    page.names()
    slots = TakenSlots(page.page, re.compile(r"/payload\?"))

    page.part("download-button").click()
    page.wait_state("busy")
    with page.page.expect_download() as download:
        slots.free()

    page.wait_state("done")
    assert download.value.path().read_bytes() == content


def test_an_upload_waits_for_a_slot(visit: Callable[..., Visitor], local_site: LiveSite):
    visitor = visit(local_site)
    visitor.expect_status(503)
    page = SendPage.open(visitor)
    content = {"name": "a.bin", "mimeType": "", "buffer": os.urandom(300_000)}
    page.choose([content]).wait_state("ready")
    slots = TakenSlots(page.page, lambda url: index_of(url) is not None)

    page.start()
    page.wait_state("busy")
    slots.free()

    page.wait_state("done")
