"""Finding, installing and launching Chromium.

`python -m tests.services.chromium` installs one when there is none.
"""

import os
import shutil
import subprocess
import sys

from playwright.sync_api import Browser, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
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
    """Makes `launch` work: Debian's package where that can be had, else Playwright's download."""
    if system_chromium() or _playwright_has_one():
        return
    if not (_install_with_apt() and system_chromium()):
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


def _install_with_apt() -> bool:
    if not shutil.which("apt-get"):
        return False
    as_root = []
    if os.geteuid() != 0:
        as_root = ["sudo", "-n"]
        if not (shutil.which("sudo") and _runs([*as_root, "true"])):
            return False
    apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    return _runs([*apt, "update"]) and _runs(
        [*apt, "install", "-y", "--no-install-recommends", "chromium"]
    )


def _playwright_has_one() -> bool:
    with sync_playwright() as playwright:
        return os.path.exists(playwright.chromium.executable_path)  # noqa: PTH110


def _runs(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    install()
