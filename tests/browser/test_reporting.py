"""Somebody reports a transfer on its page; later visitors read what the operator says."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from harness.foreign_sender import Sent
from harness.live_site import LiveSite
from tests.browser import at_rest
from tests.browser.pages import DownloadPage, SendPage
from tests.browser.visitors import Visitor

Visit = Callable[..., Visitor]


@pytest.fixture
def sent(local_site: LiveSite, visit: Visit, tmp_path: Path) -> Sent:
    file = tmp_path / "invoice.txt"
    file.write_text("pay me")
    return SendPage.open(visit(local_site)).choose([file]).send()


def report_of(site: LiveSite, transfer_id: str) -> tuple:
    with closing(at_rest.database(site)) as connection:
        return connection.execute(
            "SELECT reason, words, contact, disclosed_key FROM transfers_abusereport "
            "WHERE transfer_id = ?",
            (transfer_id,),
        ).fetchone()


def file_report(page: DownloadPage, *, disclosing: bool = False) -> None:
    page.part("report-button").click()
    page.part("report-reason").select_option("phishing")
    page.part("report-words").fill("It poses as <my> bank.")
    page.part("report-contact").fill("me@example.org")
    if disclosing:
        page.part("report-disclose").check()
    page.part("report-send").click()
    expect(page.part("report-said")).to_contain_text("has the report")


def test_a_report_says_what_was_written_and_keeps_the_key(local_site, visit, sent):
    page = DownloadPage.open(visit(local_site), sent.link)
    page.wait_state("ready")
    file_report(page)
    assert report_of(local_site, sent.transfer_id) == (
        "phishing",
        "It poses as <my> bank.",
        "me@example.org",
        "",
    )
    assert page.state == "ready"


def test_the_key_is_disclosed_only_by_ticking_the_box(local_site, visit, sent):
    page = DownloadPage.open(visit(local_site), sent.link)
    page.wait_state("ready")
    file_report(page, disclosing=True)
    assert report_of(local_site, sent.transfer_id)[3] == sent.secret_text


def test_without_a_key_there_is_none_to_disclose(local_site, visit, sent):
    page = DownloadPage.open(visit(local_site), sent.link.split("#")[0])
    page.wait_state("no-key")
    page.part("report-button").click()
    expect(page.part("report-disclose")).to_be_hidden()


def test_a_visitor_reads_the_operators_sentence_as_text(local_site, visit, sent):
    said = local_site.manage("take_down", sent.transfer_id, "--notice", "Fraud. <b>Sorry</b>")
    assert said.returncode == 0, said.stderr
    visitor = visit(local_site)
    visitor.expect_problem("status of 410")
    page = DownloadPage.open(visitor, sent.link)
    page.wait_state("taken-down")
    assert page.sentence == "Fraud. <b>Sorry</b>"
    assert page.error_code == "transfer_taken_down"
