"""The pages as a visitor uses them, in a real Chromium (PyPI `playwright`, which is optional)."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sgraph_send.client.client import Client
from sgraph_send.client.connection import Connection
from sgraph_send.client.format import decode_b64u
from sgraph_send.uptime.checks import TRANSFER_BYTES, CheckFailed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FilePayload, Page, Playwright

STEP_MS = 30_000
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_START = "start Chromium"
INSTALL_HINT = (
    "--browser needs Playwright and Chromium: pip install playwright, then "
    "python -m playwright install chromium."
)


def is_installed() -> bool:
    """Whether Playwright can be imported. It looks for a Chromium only when it starts one."""
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return False
    return True


def check_pages(connection: Connection, access_token: str) -> None:
    """Send a file on the first page, open its link in another profile, save it and compare.

    Raises CheckFailed, CallFailed.
    """
    from playwright.sync_api import Error, sync_playwright

    step = _START
    content = os.urandom(TRANSFER_BYTES)
    manage_link = ""
    config = connection.json("ask for limits", "GET", "/info/config")
    needs_token = config["upload_access"] == "token"
    try:
        with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
            browser = _launch(playwright)
            step = "send on the page"
            needed_token = access_token if needs_token else ""
            link, manage_link = _send(browser, connection.origin, content, needed_token)
            step = "receive on the page"
            saved = _receive(browser, link, Path(folder))
            browser.close()
    except Error as failure:
        if step == _START:
            raise CheckFailed(f"Chromium does not start. {INSTALL_HINT}") from None
        # Playwright's own messages hold addresses, and those hold keys.
        raise CheckFailed(f"To {step}: Chromium gave up ({type(failure).__name__}).") from None
    finally:
        if manage_link:
            _delete(connection, manage_link)
    if saved != content:
        raise CheckFailed("To receive on the page: other contents came back.")


def _launch(playwright: "Playwright") -> "Browser":
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    # As root Chromium refuses its sandbox.
    return playwright.chromium.launch(executable_path=found, chromium_sandbox=os.geteuid() != 0)


def _send(browser: "Browser", origin: str, content: bytes, access_token: str) -> tuple[str, str]:
    """The link to share and the manage link."""
    page = _new_page(browser, f"{origin}/")
    file: FilePayload = {
        "name": "monitor.bin",
        "mimeType": "application/octet-stream",
        "buffer": content,
    }
    page.get_by_test_id("file-input").set_input_files([file])
    if access_token:
        page.get_by_test_id("token-input").fill(access_token)
    page.get_by_test_id("expires-select").select_option(index=0)
    page.get_by_test_id("send-button").click()
    page.locator("main[data-state=done]").wait_for()
    return (
        page.get_by_test_id("share-link").input_value(),
        page.get_by_test_id("manage-link").input_value(),
    )


def _receive(browser: "Browser", link: str, folder: Path) -> bytes:
    page = _new_page(browser, link)
    page.locator("main[data-state=ready]").wait_for()
    with page.expect_download() as download:
        page.get_by_test_id("download-button").click()
    target = folder / "received"
    download.value.save_as(target)
    return target.read_bytes()


def _new_page(browser: "Browser", address: str) -> "Page":
    context = browser.new_context(accept_downloads=True)
    context.set_default_timeout(STEP_MS)
    page = context.new_page()
    page.goto(address)
    return page


def _delete(connection: Connection, manage_link: str) -> None:
    address, _, owner_token = manage_link.partition("#")
    Client(connection).delete(address.rsplit("/", 1)[1], decode_b64u(owner_token))
