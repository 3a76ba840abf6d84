"""A site with a store of its own, for docs/runbooks/exercise.md: `python -m tests.monitoring.stage
FOLDER` serves until it is ended, and writes FOLDER/env for the shell of whoever plays.

SIGUSR1 takes the store away, SIGUSR2 brings it back.
"""

import os
import shlex
import signal
import sys
from pathlib import Path
from queue import SimpleQueue

from harness.live_site import LiveSite
from harness.seaweed import SeaweedS3

METRICS_TOKEN = "made-up-for-the-exercise"
CLEANUP_EVERY_SECONDS = 20
SERVED = ("SGRAPH_SEND__", "AWS_", "HOST", "PORT")


def play(folder: Path) -> None:
    asked: SimpleQueue[int] = SimpleQueue()
    for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: asked.put(number))
    store = SeaweedS3(folder / "store")
    store.start()
    site = LiveSite(
        folder / "site",
        {
            **store.environment,
            "SGRAPH_SEND__S3_BUCKET": "exercise",
            "SGRAPH_SEND__METRICS_TOKEN": METRICS_TOKEN,
            "SGRAPH_SEND__CLEANUP_EVERY_SECONDS": str(CLEANUP_EVERY_SECONDS),
        },
    ).start()
    try:
        write_environment(folder / "env", site)
        while (number := asked.get()) in {signal.SIGUSR1, signal.SIGUSR2}:
            if number == signal.SIGUSR1:
                store.stop()
            else:
                store.start()
    finally:
        site.stop()
        store.stop()


def write_environment(path: Path, site: LiveSite) -> None:
    told = {name: value for name, value in site.environment.items() if name.startswith(SERVED)} | {
        "SITE": site.url,
        "DATA": str(site.data_folder),
        "LOG": str(site.log_path),
        "METRICS_TOKEN": METRICS_TOKEN,
        "SERVER": str(site.process.pid),
        "STAGE": str(os.getpid()),
    }
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in sorted(told.items())]
    written = path.with_suffix(".part")
    written.write_text("".join(lines))
    written.rename(path)


if __name__ == "__main__":
    play(Path(sys.argv[1]))
