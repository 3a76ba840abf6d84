"""A sender with an access token: what the page says when it stops, and where it keeps it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from harness.live_site import LiveSite
from tests.browser.interrupted import DUMP, kept_rows
from tests.browser.pages import DownloadPage, SendPage
from tests.browser.part_requests import PartRequests, index_of
from tests.browser.visitors import Visitor

Visit = Callable[..., Visitor]
WEB_STORAGE = "() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href])"


@pytest.fixture(scope="module")
def token_site(start_site_for_session: Callable[..., LiveSite]) -> LiveSite:
    """Uploads need a token of the database; there is no shared one."""
    return start_site_for_session(SGRAPH_SEND__UPLOAD_ACCESS="token")


@pytest.fixture(scope="module")
def s3_token_site(start_site_for_session: Callable[..., LiveSite], seaweed) -> LiveSite:
    return start_site_for_session(
        **seaweed.environment, SGRAPH_SEND__S3_BUCKET="tokens", SGRAPH_SEND__UPLOAD_ACCESS="token"
    )


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "letter.txt"
    path.write_text("dear reader")
    return path


def issue(site: LiveSite, *limits: str) -> str:
    made = site.manage("create_access_token", "Anna", "--quiet", *limits)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


def revoke(site: LiveSite, token: str) -> None:
    assert site.manage("revoke_access_token", token.split("_")[1]).returncode == 0


@pytest.mark.parametrize(
    ("limits", "state", "code", "words"),
    [
        (("--max-total-bytes", "5"), "too-large", "access_token_bytes_exceeded", "Less is left"),
        (
            ("--max-transfer-bytes", "5"),
            "too-large",
            "access_token_transfer_too_large",
            "larger than this access token allows",
        ),
        (("--max-expiry", "60s"), "failed", "access_token_expiry_too_long", "shorter time"),
    ],
)
def test_a_limit_is_told_and_another_token_sends(
    visit: Visit, token_site: LiveSite, letter: Path, limits, state, code, words
):
    sender = visit(token_site)
    sender.expect_status(413, 422)
    page = SendPage.open(sender).choose([letter]).set(access_token=issue(token_site, *limits))
    page.start()
    page.wait_state(state)
    assert page.error_code == code
    assert words in page.sentence
    assert page.set(access_token=issue(token_site)).send().link


def test_a_used_up_token_is_told(visit: Visit, token_site: LiveSite, letter: Path):
    token = issue(token_site, "--max-transfers", "1")
    assert SendPage.open(visit(token_site)).choose([letter]).set(access_token=token).send().link
    sender = visit(token_site)
    sender.expect_status(403)
    page = SendPage.open(sender).choose([letter]).set(access_token=token)
    page.start()
    page.wait_state("not-allowed")
    assert page.error_code == "access_token_used_up"
    assert "used up" in page.sentence
    expect(page.part("token-input")).to_be_focused()


@pytest.mark.parametrize(
    ("site", "cleaned_up"),
    [("token_site", False), ("token_site", True), ("s3_token_site", True)],
    ids=["at once", "after cleanup", "after cleanup of s3"],
)
def test_a_token_revoked_midway_ends_the_upload_and_deletes_its_parts(
    visit: Visit, request: pytest.FixtureRequest, letter: Path, site: str, cleaned_up: bool
):
    token_site = request.getfixturevalue(site)
    token = issue(token_site)
    sender = visit(token_site)
    sender.expect_status(403, 404, 409)
    page = SendPage.open(sender).choose([letter]).set(access_token=token)
    requests = PartRequests(page.page, hold=lambda index: True)
    with page.page.expect_request(lambda sent: index_of(sent.url) is not None):
        page.start()
    revoke(token_site, token)
    if cleaned_up:
        assert token_site.manage("cleanup_transfers").returncode == 0

    with page.page.expect_response(
        lambda response: "/transfers/manage/" in response.url
    ) as deleted:
        requests.release()

    page.wait_state("not-allowed")
    assert page.error_code == "access_token_revoked"
    assert "revoked" in page.sentence
    assert deleted.value.json()["state"] == "deleted"
    assert kept_rows(page.page) == []


def test_the_token_stays_in_the_memory_of_the_page_and_is_typed_again_after_a_reload(
    visit: Visit, token_site: LiveSite, letter: Path, tmp_path: Path
):
    token = issue(token_site)
    page = SendPage.open(visit(token_site)).choose([letter]).set(access_token=token)
    requests = PartRequests(page.page, hold=lambda index: True)
    page.page.on("dialog", lambda dialog: dialog.accept())
    with page.page.expect_request("**/parts/**"):
        page.start()
    kept = page.page.evaluate(DUMP)
    assert "letter.txt" in kept
    assert token not in kept + page.page.evaluate(WEB_STORAGE)

    page.page.reload()
    expect(page.part("again-token-input")).to_be_visible()
    requests.release()
    assert token not in page.page.content()
    with page.page.expect_file_chooser() as chooser:
        page.part("continue-button").click()
    chooser.value.set_files([letter])
    page.wait_state("not-allowed")
    assert page.error_code == "access_token_required"
    expect(page.part("again-token-input")).to_be_focused()

    page.part("again-token-input").fill(token)
    page.part("continue-button").click()
    link = page.sent().link
    assert DownloadPage.open(visit(token_site), link).save(tmp_path).path.read_text() == (
        "dear reader"
    )
    assert token not in page.page.evaluate(WEB_STORAGE)
