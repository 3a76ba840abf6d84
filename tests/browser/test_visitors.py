"""The watch over a visitor's console notices what would otherwise pass unseen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from harness.live_site import LiveSite
from tests.browser.visitors import Visitor

Misdeed = Callable[[Page], object]


@pytest.mark.parametrize(
    ("misdeed", "problem"),
    [
        (lambda page: page.evaluate("setTimeout(() => { throw new Error('oops') })"), "uncaught"),
        (lambda page: page.evaluate("console.error('oops')"), "console error: oops"),
        (lambda page: page.evaluate("fetch('/nowhere')"), "status of 404"),
        (
            lambda page: page.evaluate("fetch('https://example.com').catch(() => {})"),
            "CSP violation: connect-src",
        ),
        (
            lambda page: page.evaluate("document.body.setAttribute('style', 'color: red')"),
            "CSP violation: style-src",
        ),
        (
            lambda page: page.evaluate(
                "try { document.body.innerHTML = '<b>' } catch { console.error('trusted') }"
            ),
            "require-trusted-types-for",
        ),
    ],
    ids=["throw", "console", "failed load", "foreign request", "inline style", "markup"],
)
def test_a_problem_is_noticed(
    browser: Browser, local_site: LiveSite, misdeed: Misdeed, problem: str
):
    visitor = Visitor(browser, local_site.url)
    page = visitor.open("/")
    event = "console" if problem != "uncaught" else "weberror"
    with visitor.context.expect_event(event, lambda _: problem in "\n".join(visitor.problems)):
        misdeed(page)
    visitor.leave()


def test_an_announced_problem_is_none(browser: Browser, local_site: LiveSite):
    visitor = Visitor(browser, local_site.url)
    visitor.expect_status(404)
    page = visitor.open("/")
    with page.expect_event("console"):
        page.evaluate("fetch('/nowhere')")
    visitor.leave()

    assert visitor.problems == []
