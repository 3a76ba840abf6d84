"""Whoever tries too often sees how long to wait, second by second, and can go on after that."""

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from harness.foreign_sender import ForeignSender, call
from harness.live_site import LiveSite
from harness.waiting import wait_until
from sgraph_send.client.format import encode_b64u
from tests.browser import at_rest
from tests.browser.pages import DownloadPage, ManagePage, SendPage
from tests.browser.visitors import Visitor

Visit = Callable[..., Visitor]
PASSPHRASE = "Tea, green"
LEAST_S = 4
COUNTDOWN = r"You can try again in \d+ seconds?\."
# Kept by the page itself, which no slow onlooker makes miss a second.
KEEP_COUNTDOWN = """
globalThis.told = [];
addEventListener("DOMContentLoaded", () => {
  const line = document.querySelector("main .wait");
  const look = () => {
    if (line.hidden || line.textContent === told.at(-1)?.text) return;
    const buttons = [...document.querySelectorAll("main [data-waits]")];
    const said = document.querySelector("main .problem").textContent;
    const by = document.querySelector("h1").getAttribute("aria-describedby");
    const described = document.getElementById(by)?.textContent;
    const waits = buttons.every(({ disabled }) => disabled);
    told.push({ text: line.textContent, said, described, waits });
  };
  if (line) new MutationObserver(look).observe(line, { attributes: true, childList: true });
});
"""


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


def before(where: Page | BrowserContext, address: str, act: Callable[[], object]) -> None:
    """Acts once the first such call has left its page, and lets it meet what was done."""

    def act_and_let_pass(route: Route) -> None:
        act()
        route.continue_()

    where.route(address, act_and_let_pass, times=1)


@pytest.fixture
def impatient(visit: Visit) -> Callable[[LiveSite], Visitor]:
    """Somebody who meets a limit, and whose pages keep what they told meanwhile."""

    def let_in(site: LiveSite) -> Visitor:
        visitor = visit(site)
        visitor.expect_status(429)
        visitor.context.add_init_script(KEEP_COUNTDOWN)
        return visitor

    return let_in


def assert_waits(page: DownloadPage | SendPage | ManagePage, code: str, button: Locator) -> None:
    """The designed state, a sentence, a countdown that counts down, a button that waits for it."""
    page.wait_state("too-many-tries")
    assert page.error_code == code
    assert button.get_attribute("data-waits") is not None
    expect(button).to_be_enabled()
    expect(page.part("wait")).to_be_hidden()
    assert "now" in page.sentence
    told = page.page.evaluate("told")
    assert all(re.match(r"(There were t|T)oo many ", each["said"]) for each in told), told
    assert not re.search(r"\d", told[0]["said"]), "the time is told twice, and one of them is wrong"
    assert all(re.fullmatch(COUNTDOWN, each["text"]) for each in told), told
    assert re.fullmatch(COUNTDOWN, told[0]["described"]), "nobody is told who does not see the line"
    assert all(each["waits"] for each in told), told
    left = [int(re.search(r"\d+", each["text"])[0]) for each in told]
    assert len(left) >= 2
    assert left == sorted(left, reverse=True)


def test_sending_too_often(impatient, impatient_site: LiveSite, tmp_path: Path):
    (tmp_path / "a.txt").write_text("a")
    page = SendPage.open(impatient(impatient_site)).choose([tmp_path / "a.txt"])
    other = ForeignSender(impatient_site, {"b.txt": b"b"})
    before(page.page, "**/transfers/create", lambda: spend_all(other.create))

    page.start()

    assert_waits(page, "too_many_requests", page.part("send-button"))
    assert page.send().link


def test_too_many_wrong_passphrases(impatient, local_site: LiveSite, tmp_path: Path):
    sent = ForeignSender(local_site, {"report.pdf": b"the report"}, PASSPHRASE).send()
    page = DownloadPage.open(impatient(local_site), sent.link)
    page.wait_state("needs-passphrase")

    def refuse_for_a_while() -> None:
        until = datetime.now(UTC).replace(tzinfo=None) + timedelta(seconds=6)
        at_rest.change_row(local_site, sent.transfer_id, "proofs_refused_until", str(until))

    before(page.page, "**/transfers/manifest/**", refuse_for_a_while)
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
    at_rest.change_row(local_site, sent.transfer_id, "proof_failures", 10)

    page.enter_passphrase("tea, green")
    page.wait_state("wrong-passphrase")
    page.enter_passphrase("green tea")

    page.wait_state("too-many-tries")
    assert "wrong passphrases" in page.sentence


def test_saving_too_often(impatient, impatient_site: LiveSite, tmp_path: Path):
    sender = ForeignSender(impatient_site, {"report.pdf": b"the report"})
    wait_until(lambda: created(sender), "a free place in the window")
    sender.upload()
    sender.complete()
    page = DownloadPage.open(impatient(impatient_site), sender.sent.link)
    page.wait_state("ready")
    before(page.page, "**/lease", lambda: spend_all(lambda: lease_of(sender)))

    page.part("download-button").click()

    again = page.page.get_by_role("button", name="Try again")
    assert_waits(page, "too_many_requests", again)
    with page.page.expect_download() as saved:
        again.click()
    assert Path(saved.value.path()).read_bytes() == b"the report"


def test_managing_too_often(impatient, impatient_site: LiveSite):
    sender = ForeignSender(impatient_site, {"report.pdf": b"the report"})
    wait_until(lambda: created(sender), "a free place in the window")
    sender.upload()
    sender.complete()
    owner = impatient(impatient_site)
    asked = "**/transfers/manage/**"
    before(owner.context, asked, lambda: spend_all(lambda: status_of(sender)))

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
