"""Each thing that can be wrong has a state and a sentence of its own, and saves nothing."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from harness.foreign_sender import ForeignSender
from harness.live_site import LiveSite
from sgraph_send.client.format import encode_b64u
from tests.browser import at_rest
from tests.browser.pages import DownloadPage, ManagePage, SendPage
from tests.browser.visitors import Visitor

Visit = Callable[..., Visitor]
OTHER_KEY = encode_b64u(bytes(range(32)))
TOKEN = "made-up-access-token"


@pytest.fixture
def sender(local_site: LiveSite) -> ForeignSender:
    return ForeignSender(local_site, {"report.pdf": b"the report"})


@pytest.fixture(scope="package")
def strict_site(start_site_for_session: Callable[..., LiveSite]) -> LiveSite:
    """Uploads need a token and may have 1,000,000 bytes."""
    return start_site_for_session(
        SGRAPH_SEND__UPLOAD_ACCESS="token",
        SGRAPH_SEND__ACCESS_TOKEN=TOKEN,
        SGRAPH_SEND__MAX_TRANSFER_BYTES="1000000",
    )


def assert_says(page: DownloadPage | SendPage | ManagePage, state: str, code: str, words: str):
    page.wait_state(state)
    said = page.part("error-message")
    assert said.is_visible()
    assert said.get_attribute("data-code") == code
    assert re.search(words, said.inner_text()), said.inner_text()


def test_an_expired_link(visit: Visit, local_site: LiveSite, sender: ForeignSender):
    sent = sender.send()
    at_rest.expire(local_site, sent.transfer_id)
    latecomer = visit(local_site)
    latecomer.expect_status(410)

    page = DownloadPage.open(latecomer, sent.link)

    assert_says(page, "expired", "transfer_expired", "time .* over")


def test_a_used_up_link(visit: Visit, local_site: LiveSite, sender: ForeignSender, tmp_path: Path):
    sent = sender.send(max_downloads=1)
    DownloadPage.open(visit(local_site), sent.link).save(tmp_path)
    latecomer = visit(local_site)
    latecomer.expect_status(410)

    page = DownloadPage.open(latecomer, sent.link)

    assert_says(page, "used-up", "transfer_exhausted", "allows no more downloads")


def test_a_link_to_nothing(visit: Visit, local_site: LiveSite):
    visitor = visit(local_site)
    visitor.expect_status(404)

    page = DownloadPage.open(visitor, f"/d/{'0' * 22}#{OTHER_KEY}")

    assert_says(page, "not-found", "transfer_not_found", "no transfer at this address")


def test_a_link_whose_upload_is_not_complete(
    visit: Visit, local_site: LiveSite, sender: ForeignSender
):
    sender.create()
    sender.upload()
    visitor = visit(local_site)
    visitor.expect_status(409)

    page = DownloadPage.open(visitor, sender.sent.link)
    assert_says(page, "not-ready", "transfer_not_ready", "not complete")

    sender.complete()
    page.page.get_by_role("button", name="Try again").click()
    assert page.names() == ["report.pdf"]


def test_a_wrong_key_then_the_right_one(visit: Visit, local_site: LiveSite, sender: ForeignSender):
    sent = sender.send()
    visitor = visit(local_site)
    visitor.expect_status(403)

    page = DownloadPage.open(visitor, sent.link.split("#")[0] + f"#{OTHER_KEY}")
    assert_says(page, "wrong-key", "link_proof_wrong", "belongs to another transfer")

    page.enter_key(sent.link)
    assert page.names() == ["report.pdf"]


@pytest.mark.parametrize("fragment", ["", "#"])
def test_a_link_without_its_key(
    visit: Visit, local_site: LiveSite, sender: ForeignSender, fragment: str
):
    sent = sender.send()

    page = DownloadPage.open(visit(local_site), sent.link.split("#")[0] + fragment)

    page.wait_state("no-key")
    assert "after # is missing" in page.sentence
    page.enter_key(sent.secret_text)
    assert page.names() == ["report.pdf"]


def test_a_cut_key(visit: Visit, local_site: LiveSite, sender: ForeignSender):
    sent = sender.send()

    page = DownloadPage.open(visit(local_site), sent.link[:-1])

    assert_says(page, "wrong-key", "wrong_key", "got lost on the way")


@pytest.mark.parametrize("passphrase", ["", "Tea, green"])
def test_opening_with_an_empty_field_asks_for_what_is_missing(
    visit: Visit, local_site: LiveSite, passphrase: str
):
    sent = ForeignSender(local_site, {"report.pdf": b"sealed"}, passphrase=passphrase).send()
    asked, address = ("passphrase", sent.link) if passphrase else ("key", sent.link.split("#")[0])
    page = DownloadPage.open(visit(local_site), address)
    state = page.wait_state("no-key", "needs-passphrase")

    page.part("unlock-button").click()

    expect(page.part(f"{asked}-input")).to_be_focused()
    assert page.state == state
    page.part(f"{asked}-input").fill(passphrase or sent.secret_text)
    page.part("unlock-button").click()
    assert page.names() == ["report.pdf"]


def test_a_wrong_passphrase_then_the_right_one(visit: Visit, local_site: LiveSite, tmp_path: Path):
    sender = ForeignSender(local_site, {"report.pdf": b"twice sealed"}, passphrase="Tea, green")
    visitor = visit(local_site)
    visitor.expect_status(403)

    page = DownloadPage.open(visitor, sender.send().link)
    page.wait_state("needs-passphrase")
    page.enter_passphrase("tea, green")
    assert_says(page, "wrong-passphrase", "proof_wrong", "Capitals and spaces count")

    page.enter_passphrase("Tea, green")
    assert page.save(tmp_path).path.read_bytes() == b"twice sealed"


def test_damaged_bytes_are_not_saved(visit: Visit, local_site: LiveSite):
    sent = ForeignSender(local_site, {"report.pdf": os.urandom(300_000)}).send()
    at_rest.flip_a_byte(local_site, sent.transfer_id)
    visitor = visit(local_site)
    saved = []
    page = DownloadPage.open(visitor, sent.link)
    page.page.on("download", lambda download: saved.append(download))

    page.names()
    page.part("download-button").click()

    assert_says(page, "damaged", "damaged", "nothing was saved")
    assert not saved


def test_the_limit_is_named_as_the_operator_set_it(
    visit: Visit, local_site: LiveSite, strict_site: LiveSite
):
    for site, words in (
        (local_site, "Up to 100 GiB, no account"),
        (strict_site, "Up to 1 MB, with an access token"),
    ):
        page = SendPage.open(visit(site))
        expect(page.page.locator("#limit")).to_have_text(words)


def test_too_much_for_this_server(visit: Visit, strict_site: LiveSite, tmp_path: Path):
    (tmp_path / "film.mkv").write_bytes(bytes(1_000_001))

    page = SendPage.open(visit(strict_site)).choose([tmp_path / "film.mkv"])
    if page.state != "too-large":
        page.set(access_token=TOKEN).start()

    page.wait_state("too-large")
    assert page.sentence.startswith("This is larger than the 1 MB that this server takes")
    page.choose([tmp_path / "film.mkv"])
    assert page.sentence.startswith("Together the files are larger than the 1 MB")


@pytest.mark.parametrize("token", ["", "not-the-token"])
def test_uploads_need_the_token(visit: Visit, strict_site: LiveSite, tmp_path: Path, token: str):
    (tmp_path / "a.txt").write_text("a")
    stranger = visit(strict_site)
    stranger.expect_status(401)

    page = SendPage.open(stranger).choose([tmp_path / "a.txt"]).set(access_token=token)
    page.start()
    page.wait_state("not-allowed")
    assert "token" in page.sentence

    page.set(access_token=TOKEN)
    assert page.send().link


def test_a_cancelled_upload_can_be_sent_again(visit: Visit, local_site: LiveSite, tmp_path: Path):
    (tmp_path / "a.txt").write_text("a")
    page = SendPage.open(visit(local_site)).choose([tmp_path / "a.txt"])
    holding = [True]
    page.page.route("**/parts/**", lambda route: None if holding else route.continue_())

    with page.page.expect_request("**/parts/**"):
        page.start()
    page.part("cancel-button").click()
    page.wait_state("cancelled")

    holding.clear()
    assert page.send().link


def test_a_manage_link_without_or_with_another_token(
    visit: Visit, local_site: LiveSite, sender: ForeignSender
):
    sent = sender.send()
    visitor = visit(local_site)
    visitor.expect_status(403)
    address = sent.manage_link.split("#")[0]

    ManagePage.open(visitor, address).wait_state("no-key")
    ManagePage.open(visitor, f"{address}#{OTHER_KEY}").wait_state("wrong-key")
    assert ManagePage.open(visitor, sent.manage_link).wait_state("ready")


@pytest.mark.parametrize("how", ["expired", "used-up"])
def test_the_manage_page_of_an_ended_transfer(
    visit: Visit, local_site: LiveSite, sender: ForeignSender, tmp_path: Path, how: str
):
    sent = sender.send(max_downloads=1)
    if how == "expired":
        at_rest.expire(local_site, sent.transfer_id)
    else:
        DownloadPage.open(visit(local_site), sent.link).save(tmp_path)

    page = ManagePage.open(visit(local_site), sent.manage_link)
    page.wait_state(how)
    facts = page.page.locator("#facts").inner_text()
    assert ("Expired" if how == "expired" else "Expires") in facts.split("\n")


def test_the_manage_page_of_an_upload_that_is_not_complete(
    visit: Visit, local_site: LiveSite, sender: ForeignSender
):
    sender.create()
    page = ManagePage.open(visit(local_site), sender.sent.manage_link)
    page.wait_state("not-ready")
    facts = page.page.locator("#facts").inner_text().split("\n")
    assert "Begun" in facts
    assert "Sent" not in facts
