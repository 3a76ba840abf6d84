"""Server, store and tab are killed at random moments: a whole file or a clear error."""

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Error

from harness.live_site import LiveSite
from harness.seaweed import SeaweedS3
from tests.browser.pages import DownloadPage, SendPage
from tests.browser.private_files import private_names
from tests.browser.visitors import Visitor
from tests.faults.runs import RUNS, FaultyRuns

pytestmark = pytest.mark.long
Visit = Callable[..., Visitor]


@pytest.mark.parametrize("store", ["local", "s3"])
def test_the_web_server_is_killed_and_started_again(
    request: pytest.FixtureRequest, visit: Visit, original: Path, tmp_path: Path, store: str
):
    site: LiveSite = request.getfixturevalue(f"own_{store}_site")
    runs = FaultyRuns(site, visit, original, saved_in(tmp_path))

    def break_something(page: SendPage | DownloadPage) -> None:
        site.kill()
        site.start()

    for seed in range(RUNS):
        runs.run(seed, break_something)
    assert runs.endings["whole"] >= RUNS // 2, runs.endings


def test_the_store_is_killed_and_started_again(
    own_s3_site: LiveSite, own_seaweed: SeaweedS3, visit: Visit, original: Path, tmp_path: Path
):
    runs = FaultyRuns(own_s3_site, visit, original, saved_in(tmp_path))

    def break_something(page: SendPage | DownloadPage) -> None:
        own_seaweed.kill()
        own_seaweed.start()

    for seed in range(100, 100 + RUNS):
        runs.run(seed, break_something)
    assert runs.endings["whole"] >= RUNS // 2, runs.endings


class TabLost(Exception):
    """The page went away with what it was doing."""


@pytest.mark.parametrize("how", ["closed", "crashed"])
def test_the_tab_is_lost_and_opened_again(
    own_local_site: LiveSite, visit: Visit, original: Path, tmp_path: Path, how: str
):
    runs = FaultyRuns(own_local_site, visit, original, saved_in(tmp_path))

    def break_something(page: SendPage | DownloadPage) -> None:
        if page.state == "done":
            return
        address = page.page.url
        lose(page, how)
        raise TabLost(page.page.context, address)

    for seed in range(200, 200 + RUNS):
        try:
            runs.run(seed, break_something)
        except TabLost as lost:
            runs.endings[after_a_lost_tab(runs, *lost.args)] += 1
    assert sum(runs.endings.values()) == RUNS
    assert runs.endings["whole"] >= RUNS // 2, runs.endings


def lose(page: SendPage | DownloadPage, how: str) -> None:
    if how == "closed":
        page.page.close()
        return
    with page.page.expect_event("crash"), contextlib.suppress(Error):
        page.page.goto("chrome://crash")


def after_a_lost_tab(runs: FaultyRuns, context, address: str) -> str:
    """Opens the address in the same profile and goes on where the page offers it."""
    reopened = context.new_page()
    if "/d/" in address:
        return fetched_again(runs, DownloadPage(reopened), address)
    reopened.goto(address)
    page = SendPage(reopened)
    go_on = page.part("continue-button")
    try:
        go_on.wait_for(timeout=10_000)
    except Error:
        assert page.state == "empty"
        return "refused"
    if "Choose the same" in reopened.locator("#unfinished-text").inner_text():
        page.part("again-files").set_input_files([runs.original])
    else:
        go_on.click()
    sent = runs.sent(page)
    return runs.fetch(sent.link) if sent else "refused"


def fetched_again(runs: FaultyRuns, page: DownloadPage, address: str) -> str:
    """The link again, as the recipient has it; what the lost tab staged is removed meanwhile."""
    page.page.goto(runs.links[address])
    ending = runs.saved(page, page.start_saving())
    assert len(private_names(page.page)) <= 1
    return ending


def saved_in(tmp_path: Path) -> Path:
    folder = tmp_path / "saved"
    folder.mkdir()
    return folder
