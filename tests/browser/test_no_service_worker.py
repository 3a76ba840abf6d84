"""Nothing hangs on a service worker: none is registered, and where they are barred all works."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from harness.live_site import LiveSite
from tests.browser.pages import DownloadPage, ManagePage, SendPage
from tests.browser.test_receiving_parts import PART
from tests.browser.visitors import Visitor
from tests.module_graph import js_code, js_files

Visit = Callable[..., Visitor]


def registered(page: Page) -> int:
    return page.evaluate(
        "() => navigator.serviceWorker.getRegistrations().then(({ length }) => length)"
    )


@pytest.mark.parametrize("service_workers", ["allow", "block"])
def test_a_round_trip_takes_no_service_worker(
    local_site: LiveSite, visit: Visit, tmp_path: Path, service_workers: str
):
    original = tmp_path / "film.mkv"
    original.write_bytes(os.urandom(PART + 9))
    visitor = visit(local_site, service_workers=service_workers)
    sending = SendPage.open(visitor).choose([original])
    sent = sending.send()

    receiving = DownloadPage.open(visitor, sent.link)
    saved = receiving.save(tmp_path)
    managing = ManagePage.open(visitor, sent.manage_link)
    managing.wait_state("ready")

    assert saved.path.read_bytes() == original.read_bytes()
    assert visitor.context.service_workers == []
    if service_workers == "allow":
        assert [registered(each.page) for each in (sending, receiving, managing)] == [0, 0, 0]


def test_no_script_names_a_service_worker():
    """Whoever brings one in has to say what its death leaves behind."""
    assert [path.name for path in js_files() if "serviceWorker" in js_code(path)] == []
