"""WebKitGTK with its WebDriver, and Xvfb, from Debian: MiniBrowser has no headless mode.

`python -m harness.webkit.installation` installs what is missing.
"""

import shutil
import sys
from pathlib import Path

from harness import apt

DRIVER = "WebKitWebDriver"
DISPLAY_SERVER = "Xvfb"


def minibrowser_path() -> Path | None:
    """The newest MiniBrowser that the distribution installed."""
    return max(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"), default=None)


def is_installed() -> bool:
    return bool(shutil.which(DRIVER) and shutil.which(DISPLAY_SERVER) and minibrowser_path())


def install() -> None:
    """Exits with a sentence when apt cannot provide the packages."""
    if not is_installed():
        apt.install("webkit2gtk-driver")
        apt.install("xvfb")
    if not is_installed():
        sys.exit("WebKit is missing: install webkit2gtk-driver and xvfb.")


if __name__ == "__main__":
    install()
