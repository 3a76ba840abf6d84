"""How much memory a browser and the server need on top of what they have at rest."""

from collections.abc import Callable
from pathlib import Path

from bench import work_files
from bench.chromium import Chromium
from bench.sites import Site
from bench.throughput import MIB, Workplace
from harness import processes
from harness.processes import PeakMemory


def measure(site: Site, folder: Path, sizes_mib: list[int], say: Callable) -> list[dict]:
    rows = []
    for size_mib in sizes_mib:
        file = work_files.file_of(folder / "files", size_mib)
        row: dict[str, object] = {"store": site.store, "size_mib": size_mib}
        link = ""
        for direction in ("upload", "download"):
            with Chromium(folder / f"{direction}-{size_mib}") as chromium:
                work = Workplace(site, chromium, file, link)
                grown = _upload(work) if direction == "upload" else _download(work)
                link = work.link
            for name, grown_bytes in grown.items():
                row[f"{direction}_{name}_mib"] = round(grown_bytes / MIB)
            say(f"memory {site.store} {size_mib} MiB {direction}: {row}")
        rows.append(row)
        file.unlink()
    return rows


def _upload(work: Workplace) -> dict[str, int]:
    tab = work.sending_tab()
    at_rest = _now(work)
    with PeakMemory(work.chromium.pid, work.site.pid) as sampled:
        tab.start("press", testId="send-button", states=["done"])
        tab.finish(work.timeout_s)
    work.link = tab.run("document.querySelector('[data-testid=share-link]').value")
    return _growth(work, at_rest, sampled)


def _download(work: Workplace) -> dict[str, int]:
    tab = work.chromium.open(work.link)
    tab.wait_state("ready")
    at_rest = _now(work)
    with PeakMemory(work.chromium.pid, work.site.pid) as sampled:
        tab.start("press", testId="download-button", states=["done"])
        tab.finish(work.timeout_s)
        work.chromium.download_finished(work.timeout_s)
    work.chromium.clear_downloads()
    return _growth(work, at_rest, sampled)


def _now(work: Workplace) -> dict[int, int]:
    return {pid: processes.private_bytes(pid) for pid in (work.chromium.pid, work.site.pid)}


def _growth(work: Workplace, at_rest: dict[int, int], sampled: PeakMemory) -> dict[str, int]:
    def grown(pid: int) -> int:
        return max(0, sampled.peak_bytes[pid] - at_rest[pid])

    return {"browser": grown(work.chromium.pid), "server": grown(work.site.pid)}
