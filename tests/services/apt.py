"""Packages of the distribution, where apt is, as root or by sudo without a question."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path


def install(package: str) -> None:
    """Does nothing where apt can't be used; the caller looks whether the package came."""
    if not shutil.which("apt-get"):
        return
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if as_root and not (shutil.which("sudo") and runs([*as_root, "true"])):
        return
    apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    with (Path(sys.prefix) / "apt.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # apt refuses a second one at the same time
        if runs([*apt, "update"]):
            runs([*apt, "install", "-y", "--no-install-recommends", package])


def runs(command: list[str]) -> bool:
    """Whether a command ends well; what it says is dropped."""
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
