"""Finding and installing Prometheus, Alertmanager and the blackbox exporter.

`python -m tests.monitoring.installation` installs Debian's packages where they are missing.
"""

import shutil
import sys

from harness import apt

PROGRAM_OF_PACKAGE = {
    "prometheus": "promtool",
    "prometheus-alertmanager": "amtool",
    "prometheus-blackbox-exporter": "prometheus-blackbox-exporter",
}


def program(name: str) -> str:
    """The path of a program.

    Raises:
        RuntimeError: when it is not installed.
    """
    path = shutil.which(name)
    if path is None:
        raise RuntimeError(f"{name} is missing: make prometheus (Debian: {packages()})")
    return path


def packages() -> str:
    return " ".join(PROGRAM_OF_PACKAGE)


def install() -> int:
    for package, command in PROGRAM_OF_PACKAGE.items():
        if not shutil.which(command):
            apt.install(package)
    missing = [name for name in PROGRAM_OF_PACKAGE.values() if not shutil.which(name)]
    if missing:
        sys.stderr.write(f"Install these first: {packages()}\n")
    return len(missing)


if __name__ == "__main__":
    sys.exit(install())
