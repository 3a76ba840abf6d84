"""Finding, installing and launching Chromium.

`python -m tests.services.chromium` installs one when there is none.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
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


def system_chromium() -> str | None:
    """The first browser on PATH that starts; a distribution's empty shell does not count."""
    for name in NAMES:
        path = shutil.which(name)
        if path and _runs([path, "--version"]):
            return path
    return None


def launch(playwright: Playwright) -> Browser:
    """A headless browser: the system's, else Playwright's own."""
    return playwright.chromium.launch(
        executable_path=system_chromium(),
        args=QUIET,
        chromium_sandbox=os.geteuid() != 0,
    )


def install() -> None:
    """Makes `launch` work: Debian's packages where they can be had, else Playwright's download."""
    if not system_chromium():
        _install_with_apt("chromium")
    if not _runs([*PLAYWRIGHT, "--version"]):
        # Its Node needs a library that a small Debian lacks.
        _install_with_apt("libatomic1")
    if not (system_chromium() or _playwright_has_one()):
        subprocess.run([*PLAYWRIGHT, "install", "chromium"], check=True)


def _install_with_apt(package: str) -> None:
    if not shutil.which("apt-get"):
        return
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if as_root and not (shutil.which("sudo") and _runs([*as_root, "true"])):
        return
    apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    if _runs([*apt, "update"]):
        _runs([*apt, "install", "-y", "--no-install-recommends", package])


def _playwright_has_one() -> bool:
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


def _runs(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    install()
