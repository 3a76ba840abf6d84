"""A download counts once, and only when somebody with the key starts one."""

import re
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Request, Route

from harness.foreign_sender import ForeignSender, call
from harness.live_site import LiveSite
from tests.browser.pages import DownloadPage, ManagePage
from tests.browser.visitors import Visitor

Visit = Callable[..., Visitor]
PAYLOAD = re.compile(r"/payload\?|X-Amz-Signature=")
TWO_PARTS = 2**24 + 5


def remaining(site: LiveSite, transfer_id: str) -> int:
    return call(f"{site.url}/transfers/info/{transfer_id}")["downloads_remaining"]


def status_of(url: str, method: str) -> int:
    request = urllib.request.Request(url, method=method, headers={"User-Agent": "Preview/1.0"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as refusal:
        return refusal.code


def assert_used_up_for_everybody_else(visit: Visit, site: LiveSite, link: str) -> None:
    latecomer = visit(site)
    latecomer.expect_status(410)
    DownloadPage.open(latecomer, link).wait_state("used-up")


def test_a_limit_of_one_survives_a_reload_in_the_middle(
    site: LiveSite, visit: Visit, tmp_path: Path
):
    content = bytes(range(256)) * (TWO_PARTS // 256) + b"rest!"
    sent = ForeignSender(site, {"film.mkv": content}).send(max_downloads=1)
    page = DownloadPage.open(visit(site), sent.link)
    page.names()

    def is_second_part(request: Request) -> bool:
        return bool(PAYLOAD.search(request.url)) and "bytes=0-" not in request.headers["range"]

    holding = [True]

    def hold_the_second_part(route: Route) -> None:
        if not (holding and is_second_part(route.request)):
            route.continue_()

    page.page.route(PAYLOAD, hold_the_second_part)
    with page.page.expect_request(is_second_part):
        page.part("download-button").click()
    assert_used_up_for_everybody_else(visit, site, sent.link)

    holding.clear()
    page.page.reload()
    saved = page.save(tmp_path)

    assert saved.path.read_bytes() == content
    managing = ManagePage.open(visit(site), sent.manage_link)
    managing.wait_state("used-up")
    assert len(managing.downloads()) == 1


def test_a_limit_of_one_survives_a_lost_answer(site: LiveSite, visit: Visit, tmp_path: Path):
    sent = ForeignSender(site, {"a.txt": b"once"}).send(max_downloads=1)
    recipient = visit(site)
    recipient.expect_problem("ERR_FAILED")
    page = DownloadPage.open(recipient, sent.link)
    page.names()
    answered = []

    def lose_the_answer(route: Route) -> None:
        answered.append(route.fetch().status)
        route.abort()

    page.page.route("**/lease", lose_the_answer, times=1)
    saved = page.save(tmp_path)

    assert answered == [200]
    assert saved.path.read_bytes() == b"once"
    assert_used_up_for_everybody_else(visit, site, sent.link)


def test_saving_the_same_file_again_counts_nothing(
    local_site: LiveSite, visit: Visit, tmp_path: Path
):
    sent = ForeignSender(local_site, {"a.txt": b"again"}).send(max_downloads=3)
    page = DownloadPage.open(visit(local_site), sent.link)

    page.save(tmp_path)
    assert page.save(tmp_path).path.read_bytes() == b"again"

    assert remaining(local_site, sent.transfer_id) == 2


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_what_previews_and_scanners_send_counts_nothing(
    site: LiveSite, visit: Visit, tmp_path: Path, method: str
):
    sent = ForeignSender(site, {"a.txt": b"for one"}).send(max_downloads=1)
    transfer = sent.transfer_id
    for path in [
        f"/d/{transfer}",
        f"/manage/{transfer}",
        f"/transfers/info/{transfer}",
        f"/transfers/manifest/{transfer}",
        f"/transfers/download/{transfer}",
        f"/transfers/download/{transfer}/lease",
        f"/transfers/download/{transfer}/finish",
        f"/transfers/manage/{transfer}",
        f"/transfers/upload/{transfer}/parts",
        f"/transfers/local/{transfer}/payload",
    ]:
        assert status_of(site.url + path, method) < 500, path

    assert remaining(site, transfer) == 1
    saved = DownloadPage.open(visit(site), sent.link).save(tmp_path)
    assert saved.path.read_bytes() == b"for one"


def test_a_scanner_that_opens_the_whole_link_in_a_browser_counts_nothing(
    local_site: LiveSite, visit: Visit
):
    sent = ForeignSender(local_site, {"a.txt": b"for one"}).send(max_downloads=1)

    assert DownloadPage.open(visit(local_site), sent.link).names() == ["a.txt"]

    assert remaining(local_site, sent.transfer_id) == 1
