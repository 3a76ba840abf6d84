"""An operator signs in through the real form."""

from playwright.sync_api import expect

from tests.services.live_site import LiveSite


def test_an_operator_signs_in_and_sees_the_transfers(start_site, visit):
    site: LiveSite = start_site(DJANGO_SUPERUSER_PASSWORD="correct horse battery staple")
    made = site.manage("createsuperuser", "--noinput", "--username=op", "--email=op@example.org")
    assert made.returncode == 0, made.stderr
    operator = visit(site)
    operator.expect_problem("favicon.ico")  # Django's own pages name no icon
    page = operator.open("/admin/")
    page.fill("[name=username]", "op")
    page.fill("[name=password]", "correct horse battery staple")
    page.click("[type=submit]")

    page.click("text=Transfers >> nth=-1")
    expect(page.locator("#changelist")).to_be_visible()
