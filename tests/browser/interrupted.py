"""Uploads that stop in the middle, and what the page kept of them."""

import json
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.pages import SendPage
from tests.browser.part_requests import PartRequests

PART = 2**24
STORED = 2
DUMP = """async () => {
  const found = [];
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((done) => {
      indexedDB.open(name).onsuccess = (event) => done(event.target.result);
    });
    for (const store of database.objectStoreNames) {
      const rows = await new Promise((done) => {
        const request = database.transaction(store).objectStore(store).getAll();
        request.onsuccess = () => done(request.result);
      });
      found.push(...rows);
    }
    database.close();
  }
  const plain = (key, value) => (value instanceof Uint8Array ? [...value] : value);
  return JSON.stringify(found, plain);
}"""


def wait_stored(page: SendPage, count: int) -> None:
    expect(page.page.locator(".strip__cell[data-part=safe]")).to_have_count(count, timeout=60_000)


def interrupt(page: SendPage, reload: bool = True) -> PartRequests:
    """Sends the first parts only, then reloads the page."""
    requests = PartRequests(page.page, hold=lambda index: index >= STORED)
    page.page.on("dialog", lambda dialog: dialog.accept())
    page.start()
    wait_stored(page, STORED)
    if reload:
        page.page.reload()
        expect(page.part("continue-button")).to_be_visible()
        requests.release()
        requests.passed.clear()
    return requests


def go_on(page: SendPage, *files: Path) -> None:
    with page.page.expect_file_chooser() as chooser:
        page.part("continue-button").click()
    chooser.value.set_files(list(files))


def kept_rows(page: Page) -> list[dict]:
    return json.loads(page.evaluate(DUMP))


def assert_refused(page: SendPage, code: str, words: str) -> None:
    page.wait_state("failed")
    assert page.error_code == code
    assert re.search(words, page.sentence), page.sentence
