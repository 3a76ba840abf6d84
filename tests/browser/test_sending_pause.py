"""Pausing, going on, cancelling, and waiting for a connection that is gone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Request, expect

from harness.live_site import LiveSite
from tests.browser.pages import DownloadPage, SendPage
from tests.browser.part_requests import PartRequests, index_of
from tests.browser.test_round_trips import digest, file_of
from tests.browser.visitors import Visitor

Visit = Callable[..., Visitor]
PART = 2**24
SILENT_AT_MOST_MS = 305_000


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return file_of(tmp_path, "film.mkv", PART + 5)


def start_with_last_part_held(page: SendPage) -> PartRequests:
    """One part is stored, the PUT of the other is under way and does not end."""
    requests = PartRequests(page.page, hold=lambda index: index == 1)
    with page.page.expect_request(lambda request: index_of(request.url) == 1):
        page.start()
    expect(page.page.locator(".strip__cell[data-part=safe]")).to_have_count(1)
    return requests


def test_a_paused_upload_sends_nothing_and_goes_on(
    site: LiveSite, visit: Visit, tmp_path: Path, film: Path
):
    page = SendPage.open(visit(site)).choose([film])
    requests = start_with_last_part_held(page)
    assert page.part("progress").get_attribute("aria-valuenow") == "99"

    with page.page.expect_event("requestfailed"):
        page.part("pause-button").click()
    page.wait_state("paused")
    assert page.part("pause-button").inner_text() == "Continue"
    requests.hold = lambda index: False
    requests.passed.clear()
    page.part("pause-button").click()
    sent = page.sent()

    assert requests.passed == [1]
    saved = DownloadPage.open(visit(site), sent.link).save(tmp_path)
    assert digest(saved.path) == digest(film)


def test_a_paused_upload_can_be_cancelled(local_site: LiveSite, visit: Visit, film: Path):
    page = SendPage.open(visit(local_site)).choose([film])
    start_with_last_part_held(page)
    page.part("pause-button").click()
    page.wait_state("paused")

    with page.page.expect_response("**/abort") as aborted:
        page.part("cancel-button").click()

    assert aborted.value.json()["state"] == "deleted"
    page.wait_state("cancelled")
    expect(page.part("continue-button")).to_be_hidden()


def test_time_without_a_connection_is_waited_out(
    local_site: LiveSite, visit: Visit, tmp_path: Path, film: Path
):
    visitor = visit(local_site)
    visitor.expect_problem("net::ERR_")
    page = SendPage.open(visitor).choose([film])
    requests = start_with_last_part_held(page)

    visitor.context.set_offline(True)
    requests.drop()
    page.wait_state("offline")
    requests.release()
    requests.passed.clear()
    visitor.context.set_offline(False)
    sent = page.sent()

    assert requests.passed == [1]
    saved = DownloadPage.open(visit(local_site), sent.link).save(tmp_path)
    assert digest(saved.path) == digest(film)


def test_a_connection_that_falls_silent_is_given_up_and_the_part_sent_again(
    local_site: LiveSite, visit: Visit, tmp_path: Path, film: Path
):
    page = SendPage.open(visit(local_site)).choose([film])
    page.page.clock.install()
    requests = start_with_last_part_held(page)
    requests.hold = lambda index: False
    requests.passed.clear()

    # In one leap: what is sent after it is not silent yet, however late it comes.
    page.page.clock.fast_forward(SILENT_AT_MOST_MS)
    sent = page.sent()

    assert requests.passed == [1]
    saved = DownloadPage.open(visit(local_site), sent.link).save(tmp_path)
    assert digest(saved.path) == digest(film)


def parts_to_sign(request: Request) -> list[int]:
    return request.post_data_json["parts"] if request.url.endswith("/sign") else []


def test_a_refused_address_is_asked_for_again(local_site: LiveSite, visit: Visit, film: Path):
    visitor = visit(local_site)
    visitor.expect_status(403)
    page = SendPage.open(visitor).choose([film])
    signed: list[int] = []
    page.page.on("request", lambda request: signed.extend(parts_to_sign(request)))
    page.page.route(
        lambda url: index_of(url) == 1, lambda route: route.fulfill(status=403), times=1
    )

    assert page.send().link
    assert signed.count(1) == 2


def test_a_store_that_is_busy_for_a_moment_is_tried_again(
    local_site: LiveSite, visit: Visit, film: Path
):
    visitor = visit(local_site)
    visitor.expect_status(503)
    page = SendPage.open(visitor).choose([film])
    page.page.route(
        lambda url: index_of(url) == 0,
        lambda route: route.fulfill(status=503, headers={"Retry-After": "1"}),
        times=1,
    )

    assert page.send().link


def test_a_connection_that_stays_away_leaves_an_upload_that_goes_on(
    local_site: LiveSite, visit: Visit, tmp_path: Path, film: Path
):
    visitor = visit(local_site)
    visitor.expect_status(507)
    page = SendPage.open(visitor).choose([film])
    page.page.route(lambda url: index_of(url) == 1, lambda route: route.fulfill(status=507))
    page.start()
    page.wait_state("failed")
    assert "What is stored stays stored" in page.sentence

    page.page.unroute_all()
    page.part("continue-button").click()
    sent = page.sent()

    saved = DownloadPage.open(visit(local_site), sent.link).save(tmp_path)
    assert digest(saved.path) == digest(film)
