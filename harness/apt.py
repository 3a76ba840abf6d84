"""Packages of the distribution, where apt is, as root or by sudo without a question."""

import fcntl
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

# A machine that has just started updates itself, and mirrors are away for moments.
PAUSES_SECONDS = (0, 10, 30)
PATIENT = ["-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=5"]
# Without it, lists that could not be fetched are no failure.
STRICT = ["-o", "APT::Update::Error-Mode=any"]


def install(package: str) -> None:
    """Does nothing where apt can't be used; the caller looks whether the package came."""
    if not shutil.which("apt-get"):
        return
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if as_root and not (shutil.which("sudo") and runs([*as_root, "true"])):
        return
    apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", *PATIENT]
    bring = [*apt, "install", "-y", "--no-install-recommends"]
    with (Path(sys.prefix) / "apt.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # apt refuses a second one at the same time
        for pause_seconds in PAUSES_SECONDS:
            time.sleep(pause_seconds)
            has_lists = runs([*apt, *STRICT, "update"])
            if runs([*bring, package]):
                return
            if has_lists and not runs([*bring, "--simulate", package]):
                return  # this distribution has no such package


def runs(command: list[str]) -> bool:
    """Whether a command ends well; what it says is dropped."""
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
