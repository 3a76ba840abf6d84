"""No room, answers that come short, a server that never returns: an error and no file."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Route

from harness.cutting_proxy import CuttingProxy
from harness.foreign_sender import call
from harness.live_site import LiveSite
from harness.ports import free_port
from tests.browser.pages import DownloadPage, SendPage
from tests.browser.private_files import private_names
from tests.browser.test_round_trips import PART, file_of
from tests.browser.visitors import Visitor
from tests.faults.runs import STOPPED, FaultyRuns, assert_clear_error

pytestmark = pytest.mark.long
Visit = Callable[..., Visitor]
LONG_ENOUGH_MS = 40_000
PATIENCE_SECONDS = 120
MORE_THAN_MEMORY_TAKES = 6 * PART  # without staging, pages hold 64 MiB


@pytest.fixture
def proxy() -> Iterator[CuttingProxy]:
    proxy = CuttingProxy(free_port())
    yield proxy
    proxy.stop()


@pytest.fixture
def proxied_runs(
    start_site: Callable[..., LiveSite],
    proxy: CuttingProxy,
    visit: Visit,
    original: Path,
    tmp_path: Path,
) -> FaultyRuns:
    """Everything that the site's visitors send and receive passes the proxy."""
    site = start_site(SGRAPH_SEND__PUBLIC_URL=proxy.url)
    proxy.start(int(site.url.rsplit(":", 1)[1]))
    site.url = proxy.url
    return FaultyRuns(site, visit, original, tmp_path)


class HeldRequests:
    """Requests that wait until they are let go; later ones pass."""

    def __init__(self) -> None:
        self._waiting: list[Route] | None = []

    def take(self, route: Route) -> None:
        if self._waiting is None:
            route.continue_()
        else:
            self._waiting.append(route)

    def let_go(self) -> None:
        waiting, self._waiting = self._waiting, None
        for route in waiting or []:
            route.continue_()


def set_quota(page: DownloadPage, site: LiveSite, quota_bytes: int) -> None:
    session = page.page.context.new_cdp_session(page.page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": site.url, "quotaSize": quota_bytes})


def test_without_room_no_download_is_taken(own_local_site: LiveSite, visit: Visit, tmp_path: Path):
    large = file_of(tmp_path, "large.bin", MORE_THAN_MEMORY_TAKES)
    runs = FaultyRuns(own_local_site, visit, large, tmp_path)
    page = DownloadPage.open(runs.visitor(), runs.foreign_link())
    page.wait_state("ready")
    transfer_id = page.page.url.rsplit("/", 1)[1]
    set_quota(page, own_local_site, MORE_THAN_MEMORY_TAKES // 2)

    saved = page.start_saving()

    page.wait_state("done", *STOPPED)
    assert (page.state, page.error_code) == ("too-large", "no_room")
    assert call(f"{own_local_site.url}/transfers/info/{transfer_id}")["download_count"] == 0
    assert private_names(page.page) == []
    assert not saved


def test_room_that_ends_half_way_leaves_a_whole_file_or_none(
    own_local_site: LiveSite, visit: Visit, original: Path, tmp_path: Path
):
    runs = FaultyRuns(own_local_site, visit, original, tmp_path)
    page = DownloadPage.open(runs.visitor(), runs.foreign_link())
    page.wait_state("ready")
    held = HeldRequests()
    page.page.route("**/payload?**", held.take)
    with page.page.expect_request("**/payload?**"):
        saved = page.start_saving()
    set_quota(page, own_local_site, PART // 2)
    held.let_go()

    # Room that was reserved beforehand stays; else writing fails and says so.
    if runs.saved(page, saved) == "refused":
        assert (page.state, page.error_code) == ("too-large", "no_room")


def test_an_answer_that_comes_short_once_is_asked_for_again(
    proxied_runs: FaultyRuns, proxy: CuttingProxy
):
    page = DownloadPage.open(proxied_runs.visitor(), proxied_runs.foreign_link())
    page.wait_state("ready")
    proxy.end_answers_after(PART // 2)
    saved = page.start_saving()
    page.wait_state("offline")
    proxy.end_answers_after(None)

    assert proxied_runs.saved(page, saved) == "whole"


def test_answers_that_always_come_short_never_make_a_file(
    proxied_runs: FaultyRuns, proxy: CuttingProxy
):
    page = DownloadPage.open(proxied_runs.visitor(), proxied_runs.foreign_link())
    page.wait_state("ready")
    page.page.clock.install()
    proxy.end_answers_after(PART // 2)

    saved = page.start_saving()

    assert_gives_up(proxied_runs, page, saved)


def test_a_server_that_stops_for_good_leaves_no_file(proxied_runs: FaultyRuns, proxy: CuttingProxy):
    page = DownloadPage.open(proxied_runs.visitor(), proxied_runs.foreign_link())
    page.wait_state("ready")
    page.page.clock.install()
    proxy.end_answers_after(PART // 2)
    saved = page.start_saving()
    page.wait_state("offline")
    proxied_runs.site.kill()

    assert_gives_up(proxied_runs, page, saved)


def test_a_server_that_stops_for_good_gives_no_link(proxied_runs: FaultyRuns, proxy: CuttingProxy):
    page = SendPage.open(proxied_runs.visitor()).choose([proxied_runs.original])
    page.wait_state("ready")
    page.page.clock.install()
    with page.page.expect_request("**/parts/**"):
        page.start()
    proxied_runs.site.kill()

    let_time_pass(page)
    page.wait_state(*STOPPED)
    assert_clear_error(page)


def let_time_pass(page: SendPage | DownloadPage) -> None:
    """The pauses between tries, without waiting for them."""
    # How long a try itself takes depends on what else the machine does.
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if page.state in ("done", *STOPPED):
            return
        page.page.clock.fast_forward(LONG_ENOUGH_MS)
        page.page.wait_for_timeout(100)


def assert_gives_up(runs: FaultyRuns, page: DownloadPage, saved: list) -> None:
    let_time_pass(page)
    assert runs.saved(page, saved) == "refused"
