"""The pages as people use them, by their `data-testid`s."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Download, FilePayload, Locator, Page, expect

from harness.foreign_sender import Sent
from tests.browser.visitors import Visitor

SLOW_MS = 120_000


@dataclass(frozen=True)
class Saved:
    """One finished download: the name that the browser was told, and where the bytes are."""

    name: str
    path: Path


class _TransferPage:
    def __init__(self, page: Page) -> None:
        self.page = page

    def part(self, test_id: str) -> Locator:
        return self.page.get_by_test_id(test_id)

    @property
    def state(self) -> str:
        return self.page.locator("main").get_attribute("data-state")

    def wait_state(self, *states: str, timeout_ms: float = SLOW_MS) -> str:
        """Waits for one of the designed states; says which state there was instead."""
        wanted = ", ".join(f"main[data-state={state}]" for state in states)
        try:
            self.page.locator(wanted).wait_for(timeout=timeout_ms)
        except Exception as exc:
            exc.add_note(f"the page is in state {self.state!r}: {self.sentence!r}")
            raise
        return self.state

    @property
    def error_code(self) -> str:
        return self.part("error-message").get_attribute("data-code")

    @property
    def sentence(self) -> str:
        return self.part("error-message").text_content()


class SendPage(_TransferPage):
    @classmethod
    def open(cls, visitor: Visitor) -> "SendPage":
        page = visitor.open("/")
        # From the start: Chromium takes a moment until it hands choosers over to Playwright.
        page.on("filechooser", lambda chooser: chooser)
        return cls(page)

    def choose(self, files: Sequence[Path | FilePayload]) -> "SendPage":
        self.part("file-input").set_input_files(files)
        return self

    def set(
        self,
        *,
        expires_s: int | None = None,
        downloads: str | None = None,
        passphrase: str = "",
        access_token: str = "",
        key_apart: bool = False,
    ) -> "SendPage":
        if expires_s is not None:
            self.part("expires-select").select_option(str(expires_s))
        if downloads is not None:
            self.part("downloads-select").select_option(downloads)
        if passphrase:
            self.part("passphrase-input").fill(passphrase)
        if access_token:
            self.part("token-input").fill(access_token)
        if key_apart:
            self.page.get_by_label("Apart").check()
        return self

    def names(self) -> list[str]:
        """The names of the chosen files as the list shows them."""
        self.wait_state("ready")
        return self.part("file-list").locator(".row__name").all_text_contents()

    def start(self) -> None:
        self.part("send-button").click()

    def send(self) -> Sent:
        self.start()
        return self.sent()

    def sent(self) -> Sent:
        self.wait_state("done")
        key = self.part("share-key")
        return Sent(
            link=self.part("share-link").input_value(),
            key=key.input_value() if key.is_visible() else "",
            manage_link=self.part("manage-link").input_value(),
        )


class DownloadPage(_TransferPage):
    @classmethod
    def open(cls, visitor: Visitor, link: str) -> "DownloadPage":
        return cls(visitor.open(link))

    def names(self) -> list[str]:
        """The names as the list shows them."""
        self.wait_state("ready")
        return self.part("file-list").locator(".row__name").all_text_contents()

    def enter_key(self, key: str) -> "DownloadPage":
        self.part("key-input").fill(key)
        self.part("key-input").press("Enter")
        return self

    def enter_passphrase(self, passphrase: str) -> "DownloadPage":
        self.part("passphrase-input").fill(passphrase)
        self.part("passphrase-input").press("Enter")
        return self

    def start_saving(self) -> list[Download]:
        """Presses the button for everything; the downloads that the page begins, as they come."""
        saved: list[Download] = []
        self.page.on("download", lambda download: saved.append(download))
        self.wait_state("ready")
        self.part("download-button").click()
        return saved

    def save(self, folder: Path) -> Saved:
        """Saves everything: one file as itself, several as a zip."""
        return self._saved_by(self.part("download-button"), folder)

    def save_one(self, number: int, folder: Path) -> Saved:
        """Saves the file in row `number` (from 0) alone."""
        row = self.part("file-list").get_by_role("listitem").nth(number)
        return self._saved_by(row.get_by_role("button", name=re.compile("^Save")), folder)

    def _saved_by(self, button: Locator, folder: Path) -> Saved:
        self.wait_state("ready", "done")
        with self.page.expect_download(timeout=SLOW_MS) as started:
            button.click()
        download = started.value
        path = folder / f"saved-{len(list(folder.glob('saved-*')))}"
        download.save_as(path)
        expect(self.page.locator("main")).to_have_attribute("data-state", "done")
        return Saved(download.suggested_filename, path)


class ManagePage(_TransferPage):
    @classmethod
    def open(cls, visitor: Visitor, manage_link: str) -> "ManagePage":
        return cls(visitor.open(manage_link))

    def events(self) -> list[str]:
        """The kinds of the listed events, the latest first."""
        rows = self.part("event-list").get_by_role("listitem").all()
        return [row.get_attribute("data-kind") for row in rows]

    def downloads(self) -> list[str]:
        """The downloads as the page lists them, one line each."""
        started = "li[data-kind=download_started]"
        return self.part("event-list").locator(started).all_inner_texts()

    def save_terms(self, *, expires: str = "", downloads: str = "") -> None:
        if expires:
            self.part("expires-select").select_option(expires)
        if downloads:
            self.part("downloads-select").select_option(downloads)
        self.part("save-changes").click()

    def stop_downloads(self) -> None:
        self.part("revoke-button").click()
        self.part("confirm-revoke-button").click()

    def delete(self) -> None:
        self.part("delete-button").click()
        self.part("confirm-delete-button").click()
        self.wait_state("deleted")
