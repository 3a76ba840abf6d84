"""How fast the page sends and fetches, beside plain transfers of the same bytes and beside
encryption alone, in interleaved rounds."""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from bench import transfers, work_files
from bench.chromium import Chromium, Tab
from bench.sites import Site
from harness import processes
from sgraph_send.client import format

MIB = 2**20
PLAIN_LANES = 4
CRYPTO_LANES = 4
SECONDS_PER_MIB_MAX = 1.0
SECONDS_MIN = 120


@dataclass
class Workplace:
    """What one measurement works with."""

    site: Site
    chromium: Chromium
    file: Path
    link: str = ""

    @property
    def size_bytes(self) -> int:
        return self.file.stat().st_size

    @property
    def timeout_s(self) -> float:
        return SECONDS_MIN + self.size_bytes / MIB * SECONDS_PER_MIB_MAX

    def sending_tab(self, **options: bool) -> Tab:
        """The landing page with the file chosen."""
        tab = self.chromium.open(f"{self.site.url}/", **options)
        tab.choose("file-input", self.file)
        tab.wait_state("ready")
        tab.wait_for("document.querySelector('[data-testid=downloads-select]').options.length > 0")
        return tab


def page_upload(work: Workplace) -> float:
    """Click to the state `done`; the link is kept for the downloads."""
    tab = work.sending_tab()
    tab.run("document.querySelector('[data-testid=downloads-select]').value = 'none'")
    tab.start("press", testId="send-button", states=["done"])
    seconds = tab.finish(work.timeout_s)["ms"] / 1000
    work.link = tab.run("document.querySelector('[data-testid=share-link]').value")
    tab.close()
    return seconds


def plain_upload(work: Workplace) -> float:
    tab = work.sending_tab()
    parts = [asdict(part) for part in transfers.parts_to_put(work.site.live, work.size_bytes)]
    tab.start("plainPut", parts=parts, laneCount=PLAIN_LANES)
    seconds = tab.finish(work.timeout_s)["ms"] / 1000
    tab.close()
    return seconds


def seal_only(work: Workplace) -> float:
    tab = work.sending_tab()
    tab.start(
        "sealOnly",
        poolUrl=work.site.static("js/worker/crypto_pool.js"),
        partBytes=format.part_size_for(work.size_bytes),
        laneCount=CRYPTO_LANES,
    )
    seconds = tab.finish(work.timeout_s)["ms"] / 1000
    tab.close()
    return seconds


def page_download(work: Workplace) -> float:
    """Click to the file whole in the download folder."""
    tab = work.chromium.open(work.link)
    tab.wait_state("ready")
    started = time.monotonic()
    tab.start("press", testId="download-button", states=["done"])
    return _until_saved(work, tab, started)


def plain_download(work: Workplace) -> float:
    tab = work.chromium.open(f"{work.site.url}/", without_csp=True)
    url = transfers.payload_url(work.site.live, work.link)
    ranges = transfers.sealed_ranges(work.size_bytes)
    started = time.monotonic()
    tab.start("plainGet", url=url, ranges=ranges, laneCount=PLAIN_LANES)
    return _until_saved(work, tab, started)


def _until_saved(work: Workplace, tab: Tab, started: float) -> float:
    tab.finish(work.timeout_s)
    seconds = work.chromium.download_finished(work.timeout_s) - started
    tab.run("navigator.storage.getDirectory().then((root) => root.remove?.({ recursive: true }))")
    tab.close()
    work.chromium.clear_downloads()
    return seconds


def open_only(work: Workplace) -> float:
    tab = work.chromium.open(f"{work.site.url}/")
    tab.start(
        "openOnly",
        poolUrl=work.site.static("js/worker/crypto_pool.js"),
        streamUrl=work.site.static("js/crypto/stream.js"),
        partBytes=format.part_size_for(work.size_bytes),
        count=format.part_count(work.size_bytes),
        laneCount=CRYPTO_LANES,
    )
    seconds = tab.finish(work.timeout_s)["ms"] / 1000
    tab.close()
    return seconds


UPLOAD = {"page": page_upload, "plain": plain_upload, "crypto": seal_only}
DOWNLOAD = {"page": page_download, "plain": plain_download, "crypto": open_only}


def measure(
    direction: str, site: Site, folder: Path, sizes_mib: list[int], rounds: int, say: Callable
) -> list[dict]:
    """Rows of MiB/s medians, ratios of the page to the others, and the server's CPU time."""
    rows = []
    for size_mib in sizes_mib:
        file = work_files.file_of(folder / "files", size_mib)
        with Chromium(folder / f"{direction}-{site.store}-{size_mib}") as chromium:
            work = Workplace(site, chromium, file)
            if direction == "download":
                page_upload(work)
            rows.append(_one_size(direction, work, rounds, say))
    return rows


def _one_size(direction: str, work: Workplace, rounds: int, say: Callable) -> dict:
    programs = UPLOAD if direction == "upload" else DOWNLOAD
    seconds: dict[str, list[float]] = defaultdict(list)
    server_cpu: list[float] = []
    for number in range(rounds):
        for name, program in programs.items():
            cpu_before = processes.cpu_seconds(work.site.pid)
            seconds[name].append(program(work))
            if name == "page":
                server_cpu.append(processes.cpu_seconds(work.site.pid) - cpu_before)
            say(f"{direction} {work.site.store} {name} {number}: {seconds[name][-1]:.2f} s")
    size_mib = work.size_bytes / MIB
    speed = {name: round(size_mib / median(found), 1) for name, found in seconds.items()}
    return {
        "store": work.site.store,
        "size_mib": round(size_mib),
        "page_mib_per_s": speed["page"],
        "plain_mib_per_s": speed["plain"],
        "crypto_mib_per_s": speed["crypto"],
        "page_to_plain": round(speed["page"] / speed["plain"], 2),
        "page_to_crypto": round(speed["page"] / speed["crypto"], 2),
        "server_cpu_s_per_gib": round(median(server_cpu) * 1024 / size_mib, 2),
        "seconds": seconds,
    }
