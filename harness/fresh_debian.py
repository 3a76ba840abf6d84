"""A machine with an empty Debian that boots its own systemd: a container without an image.

Its network is its own and leads nowhere. What fetches packages (apt, pip) is let out, by shell
functions of the same name. Needs root on Debian or its like.
"""

import os
import re
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from harness import apt, container
from harness.process import ChildProcess
from harness.waiting import wait_until

_ENVIRONMENT = (
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME=/root",
    "LANG=C.UTF-8",
    "DEBIAN_FRONTEND=noninteractive",
)
_BOOT = "systemd systemd-sysv dbus iproute2 procps"
# An address as a machine has one, where nobody else is (RFC 5737).
_NETWORK = """
ip link add eth0 type bridge
ip address add 192.0.2.10/24 dev eth0
ip link set eth0 up
"""
_LET_OUT = """
outside() { nsenter --net=/proc/self/fd/%d "$@"; }
apt-get() { outside apt-get "$@"; }
/opt/seaweedfs/bin/pip() { outside /opt/seaweedfs/bin/python -m pip "$@"; }
/opt/caddy/bin/pip() { outside /opt/caddy/bin/python -m pip "$@"; }
/opt/sgraph-send/bin/pip() { outside /opt/sgraph-send/bin/python -m pip "$@"; }
"""


class FreshDebian:
    """Debian as an installer leaves it; everything in it ends with `stop()`.

    `suite`: the name of the release, as in `trixie`.
    """

    def __init__(self, folder: Path, suite: str) -> None:
        if not shutil.which("systemd-nspawn"):
            apt.install("systemd-container")
        self._folder = folder
        self.root = folder / "root"
        self.printed_path = folder / "printed.log"
        self.log_path = folder / "console.log"
        container.run("cp", "--archive", str(container.base_folder(suite)), str(self.root))
        self._in_tree(
            "apt-get -qq update && apt-get -qq install -y --no-install-recommends " + _BOOT
        )
        (self.root / "etc/hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
        self._keep_trust_for_packages()
        self._child: ChildProcess | None = None
        self._pid = 0

    def start(self) -> None:
        boot = ["systemd-nspawn", "--quiet", "--boot", f"--directory={self.root}"]
        alone = ["--private-network", "--register=no", "--keep-unit", "--link-journal=no"]
        plain = ["--resolv-conf=off", "--timezone=off", "--console=pipe"]
        environment = {**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
        self._child = ChildProcess([*boot, *alone, *plain], log_path=self.log_path, env=environment)
        self._child.wait_ready(self._first_process)
        self._pid = self._first_process()
        states = ("running", "degraded")
        wait_until(lambda: self._state() in states, "a system that runs", timeout_s=120)
        self.run(_NETWORK)

    def stop(self) -> None:
        """Its first process takes all others along; systemd-nspawn would leave it running."""
        if self._pid:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
        if self._child:
            self._child.kill()
        shutil.rmtree(self.root, ignore_errors=True)

    def run(self, script: str, typed: str = "", *, limit_s: float = 1200) -> str:
        """What root's shell prints; `typed` is its standard input. Every command must end with 0.

        Raises:
            AssertionError: with the end of all that was printed.
        """
        outside = os.open("/proc/self/ns/net", os.O_RDONLY)
        shell = ["bash", "-euo", "pipefail", "-c", _LET_OUT % outside + script]
        with (self._folder / "typed").open("w+") as keys, self.printed_path.open("w+") as printed:
            keys.write(typed)
            keys.seek(0)
            try:
                ended = subprocess.run(
                    [*self._inside(), *shell],
                    pass_fds=[outside],
                    stdin=keys,
                    stdout=printed,
                    stderr=subprocess.STDOUT,
                    timeout=limit_s,
                    check=False,
                )
            finally:
                os.close(outside)
            printed.seek(0)
            told = printed.read()
        assert ended.returncode == 0, f"ended with {ended.returncode}:\n{told[-8000:]}"
        return told

    def _inside(self) -> list[str]:
        entered = ["--mount", "--uts", "--ipc", "--net", "--pid", "--root"]
        environment = ["env", "-i", "--chdir=/root", *_ENVIRONMENT]
        return ["nsenter", f"--target={self._pid}", *entered, *environment]

    def _keep_trust_for_packages(self) -> None:
        """For pip alone: update-ca-certificates makes the system's list anew."""
        kept = Path("srv/packages.pem")
        shutil.copy(self.root / "etc/ssl/certs/ca-certificates.crt", self.root / kept)
        configuration = self.root / "etc/pip.conf"
        told = re.sub(r"^cert = .*$", f"cert = /{kept}", configuration.read_text(), flags=re.M)
        configuration.write_text(told)

    def _in_tree(self, script: str) -> None:
        container.run("chroot", str(self.root), "sh", "-euc", script)

    def _first_process(self) -> int:
        """0 until it is there: systemd-nspawn has other children before."""
        for pid in container.children(self._child.pid):
            with suppress(FileNotFoundError):
                if Path(f"/proc/{pid}/comm").read_text() == "systemd\n":
                    return pid
        return 0

    def _state(self) -> str:
        asked = [*self._inside(), "systemctl", "is-system-running"]
        return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
