"""The operators' panel on a phone and in the dark: targets for fingers, words that can be read."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from harness.live_site import LiveSite
from tests.browser.visitors import Visitor

Visit = Callable[..., Visitor]
PASSWORD = "seven hills and a river"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
# Links within sentences and cells are text; a box in a row is 24 px at least (WCAG 2.2, 2.5.8).
TOO_SMALL = """() => {
  const controls = "a[href], button, input:not([type=hidden]), select:not([multiple]), summary";
  const inText = "p a, .quiet a, td a, th a, .help a, .skip-to-content-link, .datetimeshortcuts a";
  return [...document.querySelectorAll(controls)].filter((one) => {
    const { width, height } = one.getBoundingClientRect();
    const least = one.matches("[type=checkbox]") ? 24 : 44;
    return one.checkVisibility() && !one.matches(inText) && (height < least || width < 24);
  }).map((one) => one.outerHTML.slice(0, 120));
}"""


@pytest.fixture(scope="module")
def site(start_site_for_session: Callable[..., LiveSite], unhurried) -> LiveSite:
    site = start_site_for_session(DJANGO_SUPERUSER_PASSWORD=PASSWORD, **unhurried)
    made = site.manage("createsuperuser", "--noinput", "--username=op", "--email=op@example.org")
    assert made.returncode == 0, made.stderr
    return site


def sign_in(visitor: Visitor) -> Page:
    page = visitor.open("/admin/")
    page.fill("[name=username]", "op")
    page.fill("[name=password]", PASSWORD)
    page.click("[type=submit]")
    expect(page.locator(".sections")).to_be_visible()
    return page


def test_fingers_find_every_control_of_the_panel(site: LiveSite, visit: Visit):
    visitor = visit(site, **PHONE)
    page = visitor.open("/admin/")
    assert page.evaluate(TOO_SMALL) == []
    page.close()
    page = sign_in(visitor)
    for path in ("", "transfers/transfer/", "transfers/accesstoken/add/", "adminpanel/auditentry/"):
        page.goto(f"/admin/{path}")
        assert page.evaluate(TOO_SMALL) == [], path
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_what_was_chosen_for_an_operator_can_be_read_in_the_dark(site: LiveSite, visit: Visit):
    page = sign_in(visit(site, color_scheme="dark"))
    page.goto("/admin/auth/user/1/change/")
    title = page.locator(".selector-chosen-title").first
    colour = "(e) => getComputedStyle(e).color"
    on_seal = "rgb(8, 19, 15)"
    assert title.locator("label").evaluate(colour) == on_seal
    assert title.locator(".helptext").first.evaluate(colour) == on_seal


def test_the_fields_of_a_token_have_names_and_its_text_is_seen_whole(site: LiveSite, visit: Visit):
    page = sign_in(visit(site, **PHONE))
    page.goto("/admin/transfers/accesstoken/add/")
    for name in ("Name", "Valid until, date", "Valid until, time"):
        expect(page.get_by_label(name, exact=False)).to_be_visible()

    page.get_by_label("Name").fill("Press office")
    page.get_by_role("button", name="Save", exact=True).click()

    issued = page.get_by_test_id("issued-token")
    assert issued.input_value().startswith("sgst_")
    cut_px = "(e) => Math.max(e.scrollWidth - e.clientWidth, e.scrollHeight - e.clientHeight)"
    assert issued.evaluate(cut_px) <= 0
