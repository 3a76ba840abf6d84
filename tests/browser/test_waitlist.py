"""Somebody without an access token leaves an address on the landing page."""

from collections.abc import Callable
from contextlib import closing

import pytest
from playwright.sync_api import expect

from harness.live_site import LiveSite
from tests.browser import at_rest
from tests.browser.pages import SendPage
from tests.browser.visitors import Visitor

Visit = Callable[..., Visitor]


@pytest.fixture
def waiting_site(start_site: Callable[..., LiveSite]) -> LiveSite:
    return start_site(
        SGRAPH_SEND__UPLOAD_ACCESS="token",
        SGRAPH_SEND__ACCESS_TOKEN="shared words",
        SGRAPH_SEND__WAITLIST="on",
    )


def test_an_address_is_left_and_thanked_for(waiting_site: LiveSite, visit: Visit):
    page = SendPage.open(visit(waiting_site))
    page.part("waitlist-email").fill("anna@example.org")
    page.part("waitlist-words").fill("for the <b>press</b>")
    page.part("waitlist-send").click()
    expect(page.part("waitlist-said")).to_contain_text("Thank you")
    expect(page.part("waitlist-send")).to_be_hidden()
    with closing(at_rest.database(waiting_site)) as connection:
        rows = connection.execute("SELECT email, words FROM transfers_waitlistentry").fetchall()
    assert rows == [("anna@example.org", "for the <b>press</b>")]


def test_an_open_site_asks_nobody(local_site: LiveSite, visit: Visit):
    page = SendPage.open(visit(local_site))
    expect(page.part("waitlist-send")).to_be_hidden()
