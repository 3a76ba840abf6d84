"""Chromium, visitors, and one site per store that the tests of this folder share."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from harness import chromium
from harness.live_site import LiveSite
from tests.browser.log_scan import ids_in, problems
from tests.browser.visitors import Visitor

_FAILED = pytest.StashKey[bool]()

# As long as a page takes to fetch or seal many MiB on a busy machine; nobody waits once it is so.
expect.set_options(timeout=60_000)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


@pytest.fixture(scope="package", autouse=True)
def every_line_of_every_log_is_harmless() -> Iterator[None]:
    """Judged when the last test of this folder is over."""
    before = len(LiveSite.all)
    yield
    found = [
        problem
        for site in LiveSite.all[before:]
        if site.log_path.exists()
        for problem in problems(site.log, ids_in(site.data_folder))
    ]
    assert not found, "\n".join(found[:50])


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Ends with this folder: while it runs, its event loop makes Django refuse database calls."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    launched = chromium.launch(playwright)
    yield launched
    launched.close()


@pytest.fixture(scope="package")
def unhurried() -> dict[str, str]:
    """Rates for a site that all tests ask from one address: sixty a minute are soon made."""
    from transfers.limits import RATE_RULES

    return {"SGRAPH_SEND__RATES": ",".join(f"{rule}=9999/m" for rule in RATE_RULES)}


@pytest.fixture(scope="package")
def local_site(start_site_for_session: Callable[..., LiveSite], unhurried) -> LiveSite:
    return start_site_for_session(**unhurried)


@pytest.fixture(scope="package")
def s3_site(start_site_for_session: Callable[..., LiveSite], seaweed, unhurried) -> LiveSite:
    settings = {**seaweed.environment, **unhurried, "SGRAPH_SEND__S3_BUCKET": "browser-tests"}
    return start_site_for_session(**settings)


@pytest.fixture(params=["local", "s3"])
def site(request: pytest.FixtureRequest) -> LiveSite:
    """A test that asks for this runs against a site on each store."""
    return request.getfixturevalue(f"{request.param}_site")


@pytest.fixture
def visit(
    browser: Browser, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[..., Visitor]]:
    """Lets people in: `visit(site)` is a fresh profile; their problems fail the test."""
    visitors: list[Visitor] = []

    def let_in(site: LiveSite, **options: object) -> Visitor:
        visitors.append(Visitor(browser, site.url, **options))
        return visitors[-1]

    yield let_in
    failed = request.node.stash.get(_FAILED, False)
    for visitor in visitors:
        visitor.leave(tmp_path if failed else None)
    if not failed:
        problems = [problem for visitor in visitors for problem in visitor.problems]
        assert not problems, "\n".join(problems)
