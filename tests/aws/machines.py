"""Where a function runs in tests: this checkout, or a machine that has the zip and nothing else."""

import os
import platform
import shutil
import sys
import zipfile
from pathlib import Path
from typing import ClassVar

from deploy.release import function_code
from harness import container
from harness.live_site import inherited_environment
from tests.aws import runtime_loop

_LOOP = Path(runtime_loop.__file__)
_START = """
mount --bind "$ROOTFS" "$ROOTFS"
mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs "$ROOTFS/tmp"
mount --rbind /dev "$ROOTFS/dev"
mount -o remount,bind,ro "$ROOTFS"
exec chroot "$ROOTFS" setpriv --reuid=993 --regid=990 --clear-groups --bounding-set=-all \\
    --inh-caps=-all --no-new-privs env -i --chdir=/var/task "$@"
"""


class Checkout:
    """This checkout, its packages and its Python."""

    name = "checkout"

    def __init__(self, folder: Path) -> None:
        self.places = {
            "SGRAPH_SEND__DATA_DIR": str(folder / "not-there-yet"),
            "SGRAPH_SEND__STATIC_DIR": os.environ["SGRAPH_SEND__STATIC_DIR"],
        }

    def process(self, module: str, settings: dict[str, str]) -> tuple[list[str], dict[str, str]]:
        """Command and environment of a function."""
        command = [sys.executable, "-m", runtime_loop.__name__, module]
        return command, {**inherited_environment(), **settings}

    def remove(self) -> None:
        """Nothing was made."""


class ZipMachine:
    """The zip in /var/task under the functions' own Python, as Lambda lays it out: read-only but
    for /tmp, no rights, no other packages. Only the processor is this machine's.

    Needs root on Debian or its like.
    """

    name = "zip"
    places: ClassVar[dict[str, str]] = {}  # those of the template

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        container.run("cp", "--archive", str(container.base_folder()), str(self.root))
        install = "apt-get -qq update && apt-get -qq install -y --no-install-recommends python3"
        container.run("chroot", str(self.root), "sh", "-euc", install)
        asked = ["python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        python = container.run("chroot", str(self.root), *asked).strip()
        assert python == function_code.FUNCTIONS.python, "another release of Debian has it"
        self._unpack(folder / "code.zip")
        shutil.copy(_LOOP, self.root / "opt")

    def process(self, module: str, settings: dict[str, str]) -> tuple[list[str], dict[str, str]]:
        """Command and environment of a function."""
        given = {
            "PATH": "/usr/bin:/bin",
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "LAMBDA_TASK_ROOT": "/var/task",
            "PYTHONPATH": "/var/task",
            **settings,
        }
        pairs = [f"{name}={value}" for name, value in given.items()]
        inside = ["sh", "-euc", _START, "sh", *pairs, "python3", f"/opt/{_LOOP.name}", module]
        command = ["unshare", "--mount", "--propagation", "private", *inside]
        return command, {**inherited_environment(), "ROOTFS": str(self.root)}

    def remove(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)

    def _unpack(self, file: Path) -> None:
        here = platform.machine()
        machine = function_code.Machine(
            function_code.FUNCTIONS.python, (f"manylinux2014_{here}", f"manylinux_2_28_{here}")
        )
        function_code.pack(file, machine, python="")
        code = self.root / "var" / "task"
        with zipfile.ZipFile(file) as packed:
            packed.extractall(code)
        how = ["-q", "--invalidation-mode", "unchecked-hash", "/var/task"]
        container.run("chroot", str(self.root), "python3", "-m", "compileall", *how)
