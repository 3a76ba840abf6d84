"""An operator signs in through the real form, and sees charts that the page's policy allows."""

from playwright.sync_api import expect

from harness.live_site import LiveSite


def test_an_operator_signs_in_and_sees_the_transfers(start_site, visit):
    site: LiveSite = start_site(DJANGO_SUPERUSER_PASSWORD="correct horse battery staple")
    made = site.manage("createsuperuser", "--noinput", "--username=op", "--email=op@example.org")
    assert made.returncode == 0, made.stderr
    operator = visit(site)
    page = operator.open("/admin/")
    page.fill("[name=username]", "op")
    page.fill("[name=password]", "correct horse battery staple")
    page.click("[type=submit]")

    expect(page.locator(".chart__canvas canvas")).to_have_count(5)
    page.get_by_role("link", name="30 d").click()
    expect(page.locator("[aria-current]")).to_have_text("30 d")
    page.get_by_role("navigation", name="Sections").get_by_text("Transfers", exact=True).click()
    expect(page.locator("#changelist")).to_be_visible()
