"""Finding, installing and launching Chromium.

`python -m harness.chromium` installs one when there is none.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

from harness import apt

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The same engine without the window around it: a page of a new profile costs a fifth of the time.
SHELL_NAMES = ("chromium-headless-shell", *NAMES)
PLAYWRIGHT = [sys.executable, "-m", "playwright"]
# A test machine may have no way out: without these Chromium keeps trying to call home.
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
]


def system_chromium(names: Sequence[str] = NAMES) -> str | None:
    """The first browser on PATH that starts; a distribution's empty shell does not count."""
    for name in names:
        path = shutil.which(name)
        if path and apt.runs([path, "--version"]):
            return path
    return None


def launch(playwright: Playwright, *more_arguments: str) -> Browser:
    """A headless browser: the system's, else Playwright's own."""
    return playwright.chromium.launch(
        executable_path=system_chromium(SHELL_NAMES),
        args=[*QUIET, *more_arguments],
        chromium_sandbox=os.geteuid() != 0,
    )


def install() -> None:
    """Makes `launch` work: Debian's packages where they can be had, else Playwright's download."""
    if not system_chromium():
        apt.install("chromium")
    if not system_chromium(SHELL_NAMES[:1]):
        apt.install("chromium-headless-shell")
    if not apt.runs([*PLAYWRIGHT, "--version"]):
        # Its Node needs a library that a small Debian lacks.
        apt.install("libatomic1")
    if not (system_chromium() or _playwright_has_one()):
        subprocess.run([*PLAYWRIGHT, "install", "chromium"], check=True)


def _playwright_has_one() -> bool:
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


if __name__ == "__main__":
    install()
