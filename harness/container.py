"""The container image, built by Debian's buildah on a base by debootstrap, and started without an
engine: namespaces, a read-only root, no rights. Needs root on Debian or its like.
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from harness import apt
from harness.live_site import ROOT, inherited_environment
from harness.ports import free_port
from harness.process import ChildProcess
from harness.waiting import wait_until

SUITE = "trixie"
USER_ID = 10001
BASE, IMAGE = "localhost/base", "localhost/sgraph-send"
PACKAGES = {"buildah": "buildah", "debootstrap": "debootstrap"}
# Each is made once for a virtual environment, because it takes two minutes.
BASE_FOLDERS = Path(sys.prefix) / "debian"

_START = """
mount --bind "$ROOTFS" "$ROOTFS"
mount --bind "$DATA" "$ROOTFS/data"
mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs "$ROOTFS/tmp"
mount --rbind /dev "$ROOTFS/dev"
mount -t proc proc "$ROOTFS/proc"
mount -o remount,bind,ro "$ROOTFS"
exec chroot "$ROOTFS" setpriv --reuid=10001 --regid=10001 --clear-groups --bounding-set=-all \\
    --inh-caps=-all --no-new-privs env -i --chdir=/opt/sgraph-send/app "$@"
"""


def base_folder(suite: str = SUITE) -> Path:
    """A small Debian that trusts what this machine trusts and asks where this machine asks."""
    for command, package in PACKAGES.items():
        if not shutil.which(command):
            apt.install(package)
    folder = BASE_FOLDERS / suite
    BASE_FOLDERS.mkdir(parents=True, exist_ok=True)
    with (BASE_FOLDERS / f"{suite}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # files of tests ask at the same time
        if not folder.exists():
            _make_base(suite, folder)
    return folder


def _make_base(suite: str, folder: Path) -> None:
    draft = folder.with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)
    run(
        "debootstrap",
        "--variant=minbase",
        "--include=ca-certificates",
        suite,
        str(draft),
        *_mirror(),
    )
    bundle = Path("/etc/ssl/certs/ca-certificates.crt")
    shutil.copy(bundle, draft / bundle.relative_to("/"))
    (draft / "etc" / "pip.conf").write_text(f"[global]\ncert = {bundle}\n{_index()}")
    draft.rename(folder)


def _mirror() -> list[str]:
    """The first mirror that this machine's own packages come from; none: debootstrap's own."""
    places = Path("/etc/apt/sources.list.d/debian.sources"), Path("/etc/apt/sources.list")
    for place in filter(Path.exists, places):
        for word in place.read_text().split():
            if word.startswith(("http://", "https://")) and word.rstrip("/").endswith("/debian"):
                return [word]
    return []


def _index() -> str:
    asked = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    ended = subprocess.run(asked, capture_output=True, text=True, check=False)
    return f"index-url = {ended.stdout.strip()}\n" if ended.returncode == 0 else ""


def run(*command: str) -> str:
    """What a command prints; raises AssertionError with all of it when it fails."""
    ended = subprocess.run(command, capture_output=True, text=True, timeout=1500, check=False)
    assert ended.returncode == 0, f"{command}\n{ended.stdout[-4000:]}\n{ended.stderr[-4000:]}"
    return ended.stdout


class Image:
    """The image of deploy/Dockerfile, and its files at `root`."""

    def __init__(self, folder: Path) -> None:
        self._buildah = [
            "buildah",
            *("--root", str(folder / "storage"), "--runroot", str(folder / "run")),
            *("--storage-driver", "vfs"),
        ]
        base = run(*self._buildah, "from", "scratch").strip()
        run(*self._buildah, "add", "--quiet", base, str(base_folder()), "/")
        run(*self._buildah, "commit", "--quiet", "--rm", base, BASE)
        build = ["build", "--isolation", "chroot", "--format", "docker", "--tag", IMAGE]
        dockerfile = ["--file", str(ROOT / "deploy" / "Dockerfile")]
        run(*self._buildah, *build, *dockerfile, "--build-arg", f"BASE={BASE}", str(ROOT))
        self._container = run(*self._buildah, "from", IMAGE).strip()
        self.root = Path(run(*self._buildah, "mount", self._container).strip())
        inspected = run(*self._buildah, "inspect", "--type", "image", IMAGE)
        self.configuration: dict = json.loads(inspected)["Docker"]["config"]

    def remove(self) -> None:
        run(*self._buildah, "rm", self._container)
        run(*self._buildah, "rmi", "--all", "--force")


class Container:
    """One start of the image, with the rights and mounts that compose.yaml gives it."""

    def __init__(self, image: Image, folder: Path, **settings: str) -> None:
        self._image = image
        self._data = folder / "data"
        self._data.mkdir()
        os.chown(self._data, USER_ID, USER_ID)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log_path = folder / "container.log"
        self._environment = dict(pair.split("=", 1) for pair in image.configuration["Env"]) | {
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "SGRAPH_SEND__STORE": "local",
            "SGRAPH_SEND__UPLOAD_ACCESS": "open",
            "SGRAPH_SEND__PUBLIC_URL": self.url,
            **settings,
        }
        self._child: ChildProcess | None = None
        self.pid = 0

    def start(self) -> float:
        """Until the image's own health check is content; the seconds that it took.

        The check is asked every 50 ms by its HTTP call: to start Python for each would slow down
        what it waits for.
        """
        configuration = self._image.configuration
        command = [*configuration["Entrypoint"], *configuration["Cmd"]]
        started = time.monotonic()
        self._child = ChildProcess(
            self._isolated(command, "--pid", "--ipc", "--fork", "--kill-child"),
            log_path=self.log_path,
            env=self._outer_environment(),
        )
        self._child.wait_ready(self._is_healthy)
        seconds = time.monotonic() - started
        self.pid = children(self._child.pid)[0]
        return seconds

    def _is_healthy(self) -> bool:
        """As the image's own check sees it."""
        check = [sys.executable, ROOT / "deploy" / "healthcheck.py"]
        return subprocess.run(check, env={"PORT": str(self.port)}, check=False).returncode == 0

    def ask(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A command beside the running one, with the same rights and files."""
        return subprocess.run(
            self._isolated(command),
            env=self._outer_environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def terminate(self) -> None:
        """As an engine stops it: SIGTERM to its first process."""
        os.kill(self.pid, signal.SIGTERM)

    def wait_until_ended(self, *, timeout_s: float) -> int:
        wait_until(lambda: self._child.returncode is not None, "its end", timeout_s=timeout_s)
        return self._child.returncode

    def kill(self) -> None:
        if self._child:
            self._child.kill()

    @property
    def processes(self) -> list[int]:
        """All of its processes, the first one first."""
        found, unseen = [], [self.pid]
        while unseen:
            found.append(unseen.pop(0))
            unseen += children(found[-1])
        return found

    def cpu_seconds(self) -> float:
        """What all of its processes have used since they began."""
        ticks = 0
        for pid in self.processes:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def resident_bytes(self) -> int:
        """Memory of all processes, pages that they share counted once (PSS)."""
        return sum(map(_proportional_bytes, self.processes))

    def _isolated(self, command: list[str] | tuple[str, ...], *options: str) -> list[str]:
        pairs = [f"{name}={value}" for name, value in self._environment.items()]
        inside = ["sh", "-euc", _START, "sh", *pairs, *command]
        return ["unshare", "--mount", "--propagation", "private", *options, *inside]

    def _outer_environment(self) -> dict[str, str]:
        places = {"ROOTFS": str(self._image.root), "DATA": str(self._data)}
        return {**inherited_environment(), **places}


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _proportional_bytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
