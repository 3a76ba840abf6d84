"""`python -m bench.firefox_sinks`: speed, memory and leavings of three sinks in Firefox.

Like the comparison for Chromium in docs/decisions/0030: 16 MiB pieces that the page makes, neither
network nor encryption, from the click until the whole file lies in the download folder.
"""

import http.server
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from harness.firefox.firefox import Firefox
from harness.processes import PeakMemory, private_bytes

FOLDER = Path(__file__).parent
PIECE_BYTES = 16 * 2**20
MIB = 2**20
SINKS = ("staged", "stream", "memory")
ROUNDS = 3
PIECES = 32
STOP_AFTER = 16
SETTLE_SECONDS = 3
TIMEOUT_S = 120


class Files(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, directory=str(FOLDER), **options)

    def log_message(self, *arguments: object) -> None:
        """Silent: what is printed is the result."""


def page_url(port: int, **query: object) -> str:
    return f"http://127.0.0.1:{port}/page.html?" + "&".join(f"{k}={v}" for k, v in query.items())


def is_whole(path: Path) -> bool:
    return path.is_file() and path.stat().st_size == PIECES * PIECE_BYTES


def measure(firefox: Firefox, port: int, sink: str) -> tuple[float, float]:
    """MiB a second, and MiB of private memory over the page at rest."""
    tab = firefox.open(page_url(port, sink=sink, pieces=PIECES))
    target = firefox.download_folder / "sink.bin"
    pid = firefox.pid
    time.sleep(SETTLE_SECONDS)
    at_rest = private_bytes(pid)
    with PeakMemory(pid) as sampled:
        started = time.monotonic()
        tab.click(testId="start")
        while not (is_whole(target) and not list(firefox.download_folder.glob("*.part"))):
            if time.monotonic() - started > TIMEOUT_S:
                raise TimeoutError(f"{sink}: {tab.problems()}")
            time.sleep(0.02)
        seconds = time.monotonic() - started
    tab.close()
    for path in firefox.download_folder.iterdir():
        path.unlink()
    return PIECES * PIECE_BYTES / MIB / seconds, (sampled.peak_bytes[pid] - at_rest) / MIB


def abandon(firefox: Firefox, port: int, sink: str) -> list[str]:
    """What lies in the download folder after the tab was closed at half of the file."""
    tab = firefox.open(page_url(port, sink=sink, pieces=PIECES, stop=STOP_AFTER))
    tab.click(testId="start")
    time.sleep(SETTLE_SECONDS)
    tab.close()
    time.sleep(SETTLE_SECONDS)
    left = sorted(firefox.download_folder.iterdir())
    said = [f"{path.name} ({path.stat().st_size / MIB:.0f} MiB)" for path in left]
    for path in left:
        path.unlink()
    return said


def main() -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_port
    with tempfile.TemporaryDirectory() as folder, Firefox(Path(folder)) as firefox:
        sys.stdout.write(f"{firefox.call('version')}, {PIECES * PIECE_BYTES // MIB} MiB\n")
        rounds = {sink: [] for sink in SINKS}
        for _ in range(ROUNDS):
            for sink in SINKS:
                rounds[sink].append(measure(firefox, port, sink))
        for sink, measured in rounds.items():
            speed, memory = (statistics.median(column) for column in zip(*measured, strict=True))
            sys.stdout.write(f"{sink}: {speed:.0f} MiB/s, +{memory:.0f} MiB\n")
        for sink in SINKS:
            sys.stdout.write(f"{sink}, tab closed at half: {abandon(firefox, port, sink)}\n")
    server.shutdown()


if __name__ == "__main__":
    main()
