"""One transfer during which something breaks, and the verdict on how it ended."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Download

from harness.foreign_sender import ForeignSender, Sent
from harness.live_site import LiveSite
from tests.browser.pages import DownloadPage, SendPage
from tests.browser.private_files import private_names
from tests.browser.test_round_trips import digest
from tests.browser.visitors import Visitor

RUNS = 20
LATEST_MS = 1500
STOPPED = (
    *("failed", "damaged", "not-found", "cancelled", "too-large", "not-ready"),
    "unsupported-browser",
)
GOES_ON = ("network", "store_error", "server_busy", "store_unavailable")

Visit = Callable[..., Visitor]
Break = Callable[[SendPage | DownloadPage], None]


@dataclass
class FaultyRuns:
    """Transfers of `original`, each broken at a moment that its seed decides."""

    site: LiveSite
    visit: Visit
    original: Path
    folder: Path
    endings: Counter = field(default_factory=Counter)
    links: dict[str, str] = field(default_factory=dict)

    def visitor(self) -> Visitor:
        """Faults write to the console; they are provoked here."""
        visitor = self.visit(self.site)
        visitor.expect_problem("")
        return visitor

    def run(self, seed: int, break_something: Break) -> str:
        """`whole` or `refused`; AssertionError for everything else."""
        chance = random.Random(seed)
        program = chance.choice([self._broken_sending, self._broken_fetching])
        moment_ms = chance.uniform(0, LATEST_MS)
        try:
            ending = program(moment_ms, break_something)
        except Exception as exc:
            exc.add_note(f"seed {seed}, {program.__name__} at {moment_ms:.0f} ms")
            raise
        self.endings[ending] += 1
        return ending

    def start_sending(self, visitor: Visitor) -> SendPage:
        page = SendPage.open(visitor).choose([self.original])
        page.wait_state("ready")
        page.start()
        return page

    def foreign_link(self) -> str:
        """A link to the file, remembered by the address that a page shows of it."""
        sender = ForeignSender(self.site, {"film.mkv": self.original.read_bytes()})
        link = sender.send().link
        self.links[link.split("#")[0]] = link
        return link

    def fetch(self, link: str) -> str:
        """Somebody else fetches, and nothing breaks."""
        page = DownloadPage.open(self.visitor(), link)
        return self.saved(page, page.start_saving())

    def _broken_sending(self, moment_ms: float, break_something: Break) -> str:
        page = self.start_sending(self.visitor())
        page.page.wait_for_timeout(moment_ms)
        break_something(page)
        sent = self.sent(page)
        return self.fetch(sent.link) if sent else "refused"

    def _broken_fetching(self, moment_ms: float, break_something: Break) -> str:
        page = DownloadPage.open(self.visitor(), self.foreign_link())
        saved = page.start_saving()
        page.page.wait_for_timeout(moment_ms)
        break_something(page)
        return self.saved(page, saved)

    def sent(self, page: SendPage) -> Sent | None:
        """The links, or None after an error that says what happened."""
        if page.wait_state("done", *STOPPED) == "done":
            return page.sent()
        assert_clear_error(page)
        return None

    def saved(self, page: DownloadPage, saved: list[Download]) -> str:
        if page.wait_state("done", *STOPPED) == "done":
            # The page is done once it has handed the file over; the browser tells of it afterwards.
            if not saved:
                page.page.wait_for_event("download")
            page.page.wait_for_timeout(0)
            assert len(saved) == 1
            path = self.folder / f"saved-{len(list(self.folder.iterdir()))}"
            saved[0].save_as(path)
            assert digest(path) == digest(self.original)
            return "whole"
        assert_clear_error(page)
        assert not saved
        # What the network stopped is kept for the page's "Try again"; nothing else is.
        assert page.error_code in GOES_ON or private_names(page.page) == []
        return "refused"


def assert_clear_error(page: SendPage | DownloadPage) -> None:
    assert page.part("error-message").is_visible()
    assert page.error_code
    assert len(page.sentence) > 20
