"""What a sender sees and does afterwards, and what the pages say is stored, in a real browser."""

import re
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from harness.foreign_sender import ForeignSender
from harness.live_site import LiveSite
from tests.browser import at_rest
from tests.browser.pages import DownloadPage, ManagePage, SendPage
from tests.browser.visitors import Visitor

Visit = Callable[..., Visitor]
DAY = 86400


def row_of(site: LiveSite, transfer_id: str, *columns: str) -> tuple:
    with closing(at_rest.database(site)) as connection:
        return connection.execute(
            f"SELECT {', '.join(columns)} FROM transfers_transfer WHERE id = ?",  # noqa: S608
            (transfer_id,),
        ).fetchone()


def life_seconds(site: LiveSite, transfer_id: str) -> float:
    completed, expires = row_of(site, transfer_id, "completed_at", "expires_at")
    return (datetime.fromisoformat(expires) - datetime.fromisoformat(completed)) / timedelta(
        seconds=1
    )


def open_panel(page: SendPage | DownloadPage | ManagePage) -> Locator:
    panel = page.part("stored-panel")
    panel.locator("summary").first.click()
    panel.get_by_text("What it never stores").wait_for()
    return panel


def told(panel: Locator, place: str, label: str) -> str:
    """The value beside a label of one table, opened first."""
    table = panel.locator(".stored__place").filter(has_text=re.compile(f"^{place}"))
    if not table.evaluate("place => place.open"):
        table.locator("summary").click()
    column = table.locator(".stored__column").filter(
        has=table.page.locator("dt").get_by_text(label, exact=True)
    )
    return column.locator(".stored__value").inner_text()


@pytest.fixture
def sender(local_site: LiveSite) -> ForeignSender:
    return ForeignSender(local_site, {"report.pdf": b"the report"})


def test_expiry_and_limit_are_changed_and_hold(
    visit: Visit, local_site: LiveSite, sender: ForeignSender
):
    sent = sender.send(max_downloads=1, expires_in_seconds=3600)
    page = ManagePage.open(visit(local_site), sent.manage_link)
    page.wait_state("ready")
    expect(page.part("save-changes")).to_be_disabled()

    page.save_terms(expires=str(DAY), downloads="20")

    expect(page.page.get_by_text("Saved. It holds from now on.")).to_be_visible()
    expect(page.page.get_by_text("0 of 20")).to_be_visible()
    assert page.events() == ["limit_changed", "expiry_changed", "completed"]
    assert row_of(local_site, sent.transfer_id, "max_downloads") == (20,)
    assert life_seconds(local_site, sent.transfer_id) == pytest.approx(DAY, abs=60)

    page.save_terms(expires="longest", downloads="none")
    expect(page.page.get_by_text("0, without a limit")).to_be_visible()
    assert life_seconds(local_site, sent.transfer_id) == pytest.approx(30 * DAY, abs=60)


def test_a_change_that_came_too_late_says_so_and_shows_how_it_is(
    visit: Visit, local_site: LiveSite, sender: ForeignSender, tmp_path: Path
):
    sent = sender.send(max_downloads=1)
    owner = visit(local_site)
    owner.expect_status(410)
    page = ManagePage.open(owner, sent.manage_link)
    page.wait_state("ready")
    DownloadPage.open(visit(local_site), sent.link).save(tmp_path)

    page.save_terms(downloads="20")

    page.wait_state("used-up", "deleted")


def test_stopping_lets_nobody_start(visit: Visit, local_site: LiveSite, sender: ForeignSender):
    sent = sender.send(max_downloads=None)
    page = ManagePage.open(visit(local_site), sent.manage_link)
    page.wait_state("ready")

    page.stop_downloads()

    page.wait_state("used-up")
    expect(page.page.get_by_role("heading", name="You stopped new downloads")).to_be_visible()
    assert page.part("transfer-state").inner_text() == "Stopped by you: no new downloads"
    assert page.page.locator("#facts").get_by_text(re.compile("0 of 0")).count() == 0
    latecomer = visit(local_site)
    latecomer.expect_status(410)
    refused = DownloadPage.open(latecomer, sent.link)
    refused.wait_state("used-up")
    assert "stop" not in refused.sentence


def test_a_transfer_that_was_used_up_says_so_and_not_that_it_was_stopped(
    visit: Visit, local_site: LiveSite, sender: ForeignSender
):
    sent = sender.send(max_downloads=1)
    at_rest.change_row(local_site, sent.transfer_id, "download_count", 1)

    page = ManagePage.open(visit(local_site), sent.manage_link)

    page.wait_state("used-up")
    expect(page.page.get_by_role("heading", name="No downloads are left")).to_be_visible()
    assert page.part("transfer-state").inner_text() == "Used up: no new downloads"
    expect(page.page.get_by_text("1 of 1")).to_be_visible()


def test_both_dangerous_buttons_ask_first(
    visit: Visit, local_site: LiveSite, sender: ForeignSender
):
    sent = sender.send()
    page = ManagePage.open(visit(local_site), sent.manage_link)
    page.wait_state("ready")
    for button, question in (
        ("revoke-button", "Stop new downloads?"),
        ("delete-button", "Delete this transfer now?"),
    ):
        page.part(button).click()
        dialog = page.page.get_by_role("dialog", name=question)
        expect(dialog).to_be_visible()
        page.page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
    assert row_of(local_site, sent.transfer_id, "state", "max_downloads") == ("completed", None)


def test_the_sender_sees_downloads_of_one_address_under_one_name(
    visit: Visit, local_site: LiveSite, sender: ForeignSender, tmp_path: Path
):
    sent = sender.send(max_downloads=5)
    for _ in range(2):
        DownloadPage.open(visit(local_site), sent.link).save(tmp_path)

    page = ManagePage.open(visit(local_site), sent.manage_link)
    page.wait_state("ready")

    latest, first = page.downloads()
    name = re.search(r"visitor ([0-9a-f]{8})", first)[1]
    assert f"visitor {name}, again" in latest
    assert page.events().count("download_finished") == 2
    assert "127.0.0.1" not in page.page.content()


def test_deleting_shows_a_receipt_and_the_manage_link_shows_it_again(
    visit: Visit, site: LiveSite, tmp_path: Path
):
    sent = ForeignSender(site, {"report.pdf": b"the report"}).send()
    owner = visit(site)
    page = ManagePage.open(owner, sent.manage_link)
    page.wait_state("ready")

    page.delete()

    receipt = page.part("receipt")
    expect(receipt).to_contain_text("Looked for in the store, not found")
    expect(receipt).to_contain_text("unfinished uploads")
    expect(page.part("transfer-state")).to_have_text("Deleted")
    expect(page.part("delete-button")).to_be_hidden()

    again = ManagePage.open(visit(site), sent.manage_link)
    again.wait_state("deleted")
    expect(again.part("receipt")).to_be_visible()

    stranger = visit(site)
    stranger.expect_status(404)
    wrong = sent.manage_link[:-1] + ("A" if sent.manage_link[-1] != "A" else "E")
    ManagePage.open(stranger, wrong).wait_state("not-found")


def test_a_receipt_that_has_to_wait_for_the_store_appears_by_itself(
    visit: Visit, local_site: LiveSite, sender: ForeignSender
):
    sent = sender.send()
    page = ManagePage.open(visit(local_site), sent.manage_link)
    page.wait_state("ready")
    folder = local_site.data_folder / "store"
    away = folder.with_name("store-away")

    folder.rename(away)
    try:
        page.delete()
        expect(page.part("receipt")).to_be_hidden()
        expect(page.part("transfer-state")).to_contain_text("Being deleted")
    finally:
        away.rename(folder)
    local_site.manage("cleanup_transfers")

    expect(page.part("receipt")).to_be_visible(timeout=30_000)
    assert row_of(local_site, sent.transfer_id, "state") == ("deleted",)


def test_the_manage_page_tells_what_the_row_holds(
    visit: Visit, local_site: LiveSite, sender: ForeignSender
):
    sent = sender.send(max_downloads=5)
    page = ManagePage.open(visit(local_site), sent.manage_link)
    page.wait_state("ready")

    panel = open_panel(page)

    payload, kind = row_of(local_site, sent.transfer_id, "payload_bytes", "kind")
    assert told(panel, "The transfer", "Sealed bytes") == f"{payload} bytes"
    assert told(panel, "The transfer", "Kind") == kind
    assert told(panel, "The transfer", "Downloads allowed") == "5"
    assert told(panel, "The transfer", "Access token used") == "no"
    assert told(panel, "The transfer", "Hash of the owner token") == "SHA-256 hash"
    assert sent.transfer_id == told(panel, "The transfer", "Identifier")


def test_the_landing_page_tells_it_before_and_after(
    visit: Visit, local_site: LiveSite, tmp_path: Path
):
    (tmp_path / "a.txt").write_text("before and after")
    page = SendPage.open(visit(local_site))
    panel = open_panel(page)
    expect(panel.locator(".stored__value")).to_have_count(0)
    expect(panel).to_contain_text("The log of requests")

    sent = page.choose([tmp_path / "a.txt"]).send()

    panel.locator(".stored__value").first.wait_for(state="attached")
    assert told(panel, "The transfer", "Identifier") == sent.transfer_id
    # Once: right above the panel.
    expect(page.page.get_by_text("What it never stored")).to_be_visible()
    expect(panel.get_by_text("What it never stores")).to_be_hidden()


def test_the_download_page_tells_it_before_and_after(
    visit: Visit, local_site: LiveSite, sender: ForeignSender, tmp_path: Path
):
    sent = sender.send(max_downloads=1)
    page = DownloadPage.open(visit(local_site), sent.link)
    page.wait_state("ready")
    panel = open_panel(page)
    assert told(panel, "The transfer", "Downloads counted") == "0"
    name = re.search(r"visitor ([0-9a-f]{8})", panel.inner_text())[1]

    page.save(tmp_path)

    table = panel.locator(".stored__place").filter(has_text=re.compile("^Downloads"))
    table.locator(".stored__value").first.wait_for(state="attached")
    assert told(panel, "Downloads", "Hash of a random token") == "SHA-256 hash"
    assert told(panel, "Downloads", "Finished") != "empty"
    owner = ManagePage.open(visit(local_site), sent.manage_link)
    owner.wait_state("used-up", "ready")
    assert f"visitor {name}" in owner.downloads()[0]
