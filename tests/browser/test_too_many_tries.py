"""Whoever tries too often sees how long to wait, second by second, and can go on after that."""

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError

import pytest
from playwright.sync_api import Locator, expect

from sgraph_send.cli.format import encode_b64u
from tests.browser import at_rest
from tests.browser.foreign_sender import ForeignSender, call
from tests.browser.pages import DownloadPage, ManagePage, SendPage
from tests.browser.visitors import Visitor
from tests.services.live_site import LiveSite
from tests.services.waiting import wait_until

Visit = Callable[..., Visitor]
PASSPHRASE = "Tea, green"
LEAST_S = 4


@pytest.fixture(scope="package")
def impatient_site(start_site_for_session: Callable[..., LiveSite]) -> LiveSite:
    return start_site_for_session(SGRAPH_SEND__RATES="create=2/8s,manage=2/8s,lease=1/8s")


def spend_all(attempt: Callable[[], object]) -> None:
    """Calls until it is refused for some seconds more, so that a page has time to meet it."""

    def is_refused_for_long() -> bool:
        try:
            attempt()
        except HTTPError as refusal:
            if refusal.code != 429:
                raise
            return int(refusal.headers["Retry-After"]) >= LEAST_S
        return False

    wait_until(is_refused_for_long, "a refusal that lasts")


def assert_waits(page: DownloadPage | SendPage | ManagePage, code: str, button: Locator) -> None:
    """The designed state, a sentence, a countdown that counts down, a button that waits for it."""
    page.wait_state("too-many-tries")
    assert page.error_code == code
    assert re.search(r"You can try again in \d+ seconds?\.", page.sentence), page.sentence
    seen = []

    def counts_down() -> bool:
        text = page.part("wait").text_content()
        if page.part("wait").is_visible() and text not in seen:
            assert re.fullmatch(r"Again in \d+ seconds?", text)
            assert button.is_disabled()
            seen.append(text)
        return len(seen) >= 2

    wait_until(counts_down, "a countdown")
    left = [int(re.search(r"\d+", text)[0]) for text in seen]
    assert left == sorted(left, reverse=True)
    expect(button).to_be_enabled(timeout=15_000)
    expect(page.part("wait")).to_be_hidden()
    assert "now" in page.sentence


def test_sending_too_often(visit: Visit, impatient_site: LiveSite, tmp_path: Path):
    (tmp_path / "a.txt").write_text("a")
    sender = visit(impatient_site)
    sender.expect_status(429)
    page = SendPage.open(sender).choose([tmp_path / "a.txt"])
    spend_all(ForeignSender(impatient_site, {"b.txt": b"b"}).create)

    page.start()

    assert_waits(page, "too_many_requests", page.part("send-button"))
    assert page.send().link


def test_too_many_wrong_passphrases(visit: Visit, local_site: LiveSite, tmp_path: Path):
    sent = ForeignSender(local_site, {"report.pdf": b"the report"}, PASSPHRASE).send()
    recipient = visit(local_site)
    recipient.expect_status(429)
    page = DownloadPage.open(recipient, sent.link)
    page.wait_state("needs-passphrase")
    until = datetime.now(UTC).replace(tzinfo=None) + timedelta(seconds=6)
    at_rest.change_row(local_site, sent.transfer_id, "proofs_refused_until", str(until))

    page.enter_passphrase(PASSPHRASE)

    again = page.page.get_by_role("button", name="Try again")
    assert_waits(page, "too_many_guesses", again)
    again.click()
    assert page.names() == ["report.pdf"]
    assert page.save(tmp_path).path.read_bytes() == b"the report"


def test_the_page_meets_the_limit_after_a_few_wrong_passphrases(visit: Visit, local_site: LiveSite):
    sent = ForeignSender(local_site, {"report.pdf": b"the report"}, PASSPHRASE).send()
    guesser = visit(local_site)
    guesser.expect_status(403, 429)
    page = DownloadPage.open(guesser, sent.link)
    page.wait_state("needs-passphrase")
    at_rest.change_row(local_site, sent.transfer_id, "proof_failures", 6)

    page.enter_passphrase("tea, green")
    page.wait_state("wrong-passphrase")
    page.enter_passphrase("green tea")

    page.wait_state("too-many-tries")
    assert "wrong passphrases" in page.sentence


def test_saving_too_often(visit: Visit, impatient_site: LiveSite, tmp_path: Path):
    sender = ForeignSender(impatient_site, {"report.pdf": b"the report"})
    wait_until(lambda: created(sender), "a free place in the window")
    sender.upload()
    sender.complete()
    recipient = visit(impatient_site)
    recipient.expect_status(429)
    page = DownloadPage.open(recipient, sender.sent.link)
    page.wait_state("ready")
    spend_all(lambda: lease_of(sender))

    page.part("download-button").click()

    again = page.page.get_by_role("button", name="Try again")
    assert_waits(page, "too_many_requests", again)
    with page.page.expect_download() as saved:
        again.click()
    assert Path(saved.value.path()).read_bytes() == b"the report"


def test_managing_too_often(visit: Visit, impatient_site: LiveSite):
    sender = ForeignSender(impatient_site, {"report.pdf": b"the report"})
    wait_until(lambda: created(sender), "a free place in the window")
    sender.upload()
    sender.complete()
    owner = visit(impatient_site)
    owner.expect_status(429)
    spend_all(lambda: status_of(sender))

    page = ManagePage.open(owner, sender.sent.manage_link)

    again = page.page.get_by_role("button", name="Try again")
    assert_waits(page, "too_many_requests", again)
    again.click()
    page.wait_state("ready")


def created(sender: ForeignSender) -> bool:
    try:
        sender.create()
    except HTTPError as refusal:
        if refusal.code != 429:
            raise
        return False
    return True


def lease_of(sender: ForeignSender) -> None:
    """One more download each time."""
    body = {
        "link_proof": encode_b64u(sender.keys.link_proof),
        "proof": encode_b64u(sender.keys.proof),
        "lease_token": encode_b64u(os.urandom(32)),
    }
    call(f"{sender.site.url}/transfers/download/{sender.transfer_id}/lease", "POST", body)


def status_of(sender: ForeignSender) -> None:
    token = encode_b64u(sender.owner_token)
    call(f"{sender.site.url}/transfers/manage/{sender.transfer_id}", x_sgraph_owner_token=token)
