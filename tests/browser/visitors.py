"""One person's browser profile, and what went wrong in it."""

import re
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

# Every violation is reported here as well as on the console, which names no directive.
_REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP violation: ${event.effectiveDirective} ${event.blockedURI}`);
});
"""


class Visitor:
    """A profile of its own: no storage, cookies or cache shared with another visitor.

    Uncaught errors, console errors and warnings and CSP violations count as problems, unless
    `expect_problem` announced them.
    """

    def __init__(self, browser: Browser, base_url: str, **options: object) -> None:
        self.context: BrowserContext = browser.new_context(
            accept_downloads=True, base_url=base_url, **options
        )
        self.context.set_default_timeout(60_000)
        self.context.add_init_script(_REPORT_VIOLATIONS)
        self._expected: list[re.Pattern[str]] = []
        self._seen: list[str] = []
        self.context.on("weberror", lambda error: self._seen.append(f"uncaught: {error.error}"))
        self.context.on("console", self._hear)

    def open(self, path: str = "/") -> Page:
        page = self.context.new_page()
        page.goto(path)
        return page

    def expect_problem(self, pattern: str) -> None:
        """Announces problems that this test provokes, as a regular expression."""
        self._expected.append(re.compile(pattern))

    def expect_status(self, *statuses: int) -> None:
        """Announces answers that Chromium writes to the console as failed loads."""
        for status in statuses:
            self.expect_problem(rf"the server responded with a status of {status}\b")

    @property
    def problems(self) -> list[str]:
        return [
            text for text in self._seen if not any(known.search(text) for known in self._expected)
        ]

    def leave(self, picture_folder: Path | None = None) -> None:
        """Closes the profile; with a folder, keeps a picture of each open page first."""
        if picture_folder:
            for number, page in enumerate(self.context.pages, start=1):
                page.screenshot(path=picture_folder / f"page-{number}.png", full_page=True)
        self.context.close()

    def _hear(self, message) -> None:
        if message.type in ("error", "warning"):
            place = message.location.get("url", "")
            self._seen.append(f"console {message.type}: {message.text} ({place})")
