"""What is sent again after the connection was cut, or the page reloaded, half-way."""

import time
from collections.abc import Callable
from pathlib import Path

from bench import work_files
from bench.chromium import Chromium, PageFailed, Tab
from bench.sites import Site
from bench.throughput import MIB, Workplace
from sgraph_send.client import format

DOWN_SECONDS = 2.0
CONTINUE = "document.querySelector('[data-testid=continue-button]')"


def measure(site: Site, folder: Path, sizes_mib: list[int], say: Callable) -> list[dict]:
    rows = []
    for size_mib in sizes_mib:
        file = work_files.file_of(folder / "files", size_mib)
        for program in (upload_dropped, download_dropped, upload_reloaded):
            with Chromium(folder / f"{program.__name__}-{size_mib}") as chromium:
                work = Workplace(site, chromium, file)
                row = {"store": site.store, "size_mib": size_mib, "what": program.__name__}
                rows.append(row | program(work))
                say(f"drop {rows[-1]}")
    return rows


def upload_dropped(work: Workplace) -> dict:
    tab = work.sending_tab()
    work.site.proxy.forget_counts()
    tab.start("press", testId="send-button", states=["done"])
    _wait_half(work, lambda: work.site.proxy.sent_bytes)
    _cut(work)
    tab.finish(work.timeout_s)
    return _again(work, work.site.proxy.sent_bytes)


def download_dropped(work: Workplace) -> dict:
    work.link = _sent_link(work)
    tab = work.chromium.open(work.link)
    tab.wait_state("ready")
    work.site.proxy.forget_counts()
    tab.start("press", testId="download-button", states=["done"])
    _wait_half(work, lambda: work.site.proxy.received_bytes)
    _cut(work)
    tab.finish(work.timeout_s)
    work.chromium.download_finished(work.timeout_s)
    work.chromium.clear_downloads()
    return _again(work, work.site.proxy.received_bytes)


def upload_reloaded(work: Workplace) -> dict:
    """The tab is closed half-way; another one continues, where the page offers that."""
    tab = work.sending_tab()
    work.site.proxy.forget_counts()
    tab.start("press", testId="send-button", states=["done"])
    _wait_half(work, lambda: work.site.proxy.sent_bytes)
    tab.close()
    tab = work.chromium.open(f"{work.site.url}/")
    if not _offers_to_continue(tab):
        return {"again_parts": "no continue-button"}
    tab.start("watch", states=["done"])
    tab.choose("again-files", work.file)
    tab.finish(work.timeout_s)
    return _again(work, work.site.proxy.sent_bytes)


def _offers_to_continue(tab: Tab) -> bool:
    deadline = time.monotonic() + 5
    visible = f"Boolean({CONTINUE}?.checkVisibility())"
    while time.monotonic() < deadline:
        if tab.run(visible):
            return True
        time.sleep(0.2)
    return False


def _sent_link(work: Workplace) -> str:
    tab = work.sending_tab()
    tab.start("press", testId="send-button", states=["done"])
    tab.finish(work.timeout_s)
    link = tab.run("document.querySelector('[data-testid=share-link]').value")
    tab.close()
    return link


def _wait_half(work: Workplace, moved_bytes: Callable[[], int]) -> None:
    deadline = time.monotonic() + work.timeout_s
    while moved_bytes() < work.size_bytes / 2:
        if time.monotonic() > deadline:
            raise PageFailed("half of the bytes were never moved")
        time.sleep(0.01)


def _cut(work: Workplace) -> None:
    work.site.proxy.cut(stay_down=True)
    time.sleep(DOWN_SECONDS)
    work.site.proxy.come_back()


def _again(work: Workplace, moved_bytes: int) -> dict:
    """Calls and headers that pass the proxy as well are a few thousandths of a part."""
    again_bytes = moved_bytes - format.payload_length(work.size_bytes)
    part_bytes = format.part_size_for(work.size_bytes)
    return {
        "again_mib": round(again_bytes / MIB, 1),
        "again_parts": round(again_bytes / part_bytes, 2),
    }
