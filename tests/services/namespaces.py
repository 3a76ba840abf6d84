"""Machines of namespaces: each with a network, processes and files of its own, on one kernel.

A machine sees this one's files; what it writes is gone with it. Needs root and Linux.
"""

import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.services.process import ChildProcess
from tests.services.waiting import wait_until

# $LAYER: a tmpfs over the files of this machine. $1 … are mounted in it, then it is the root.
_ROOM = """
mount -t tmpfs tmpfs "$LAYER"
mkdir "$LAYER/upper" "$LAYER/work" "$LAYER/root"
mount -t overlay -o "lowerdir=/,upperdir=$LAYER/upper,workdir=$LAYER/work" overlay "$LAYER/root"
root="$LAYER/root"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=1777 tmpfs "$root/run"
for mount do
    source=${mount%%=>*} target=$root${mount##*=>}
    mkdir -p "${target%/*}"
    if [ "$source" = tmpfs ]; then mkdir -p "$target"; mount -t tmpfs -o mode=1777 tmpfs "$target"
    elif [ -d "$source" ]; then mkdir -p "$target"; mount --bind "$source" "$target"
    else touch "$target"; mount --bind "$source" "$target"
    fi
done
exec chroot "$root" sleep infinity
"""


class Machine:
    """`mounts` are pairs of a path here, or `tmpfs`, and the path that it has in the machine."""

    def __init__(self, folder: Path, mounts: Iterable[tuple[str, str]] = ()) -> None:
        folder.mkdir(parents=True)
        layer = folder / "layer"
        layer.mkdir()
        self._folder = folder
        self._programs: list[ChildProcess] = []
        named = [f"{source}=>{target}" for source, target in mounts]
        apart = ["--net", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"]
        self._first = ChildProcess(
            ["unshare", *apart, "sh", "-euc", _ROOM, "sh", *named],
            log_path=folder / "machine.log",
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LAYER": str(layer)},
        )
        self._first.wait_ready(self._is_there)
        self.pid = _child(self._first.pid)
        self.run("ip", "link", "set", "lo", "up")

    def entered(self, *command: str, cwd: str = "/") -> list[str]:
        """The command line that runs `command` in there."""
        spaces = ["--net", "--mount", "--pid", "--root"]
        inside = ["env", f"--chdir={cwd}", *command]
        return ["nsenter", f"--target={self.pid}", *spaces, *inside]

    def run(
        self, *command: str, env: dict[str, str] | None = None, typed: str = "", cwd: str = "/"
    ) -> str:
        """What it prints; raises AssertionError with it when it fails."""
        ended = subprocess.run(
            self.entered(*command, cwd=cwd),
            env=env,
            input=typed,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        told = f"{command} ended with {ended.returncode}\n{ended.stdout}\n{ended.stderr}"
        assert ended.returncode == 0, told
        return ended.stdout

    def start(self, *command: str, env: dict[str, str], cwd: str = "/") -> ChildProcess:
        """A program that goes on; its output is in `log_path` of what is returned."""
        program = ChildProcess(
            self.entered(*command, cwd=cwd), log_path=self._folder / "program.log", env=env
        )
        self._programs.append(program)
        return program

    def end(self) -> None:
        """All that runs in it too, for its first process goes."""
        self._first.kill()
        for program in self._programs:
            program.kill()

    def _is_there(self) -> bool:
        pid = _child(self._first.pid)
        return bool(pid) and Path(f"/proc/{pid}/comm").read_text() == "sleep\n"


class Switch(Machine):
    """Cables between machines: `connect` gives a machine an address in a network of this switch."""

    def __init__(self, folder: Path, networks: Sequence[str]) -> None:
        super().__init__(folder)
        self._cables = 0
        for network in networks:
            self.run("ip", "link", "add", network, "type", "bridge")
            self.run("ip", "link", "set", network, "up")

    def connect(self, machine: Machine, network: str, address: str) -> None:
        """`address` is one with its prefix length, as in 172.30.77.2/24."""
        self._cables += 1
        ours, theirs = f"cable{self._cables}", f"{network}0"
        subprocess.run(
            [
                *("nsenter", f"--net=/proc/{self.pid}/ns/net"),
                *("ip", "link", "add", ours, "type", "veth"),
                *("peer", "name", theirs, "netns", str(machine.pid)),
            ],
            check=True,
        )
        self.run("ip", "link", "set", ours, "master", network, "up")
        machine.run("ip", "address", "add", address, "dev", theirs)
        machine.run("ip", "link", "set", theirs, "up")


def _child(pid: int) -> int:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return 0
    return int(children[0]) if children else 0


def wait_for(machine: Machine, *command: str, env: dict[str, str], cwd: str = "/") -> None:
    """Until the command ends with 0 in the machine."""
    entered = machine.entered(*command, cwd=cwd)

    def ends_well() -> bool:
        ended = subprocess.run(entered, env=env, capture_output=True, check=False)
        return ended.returncode == 0

    wait_until(ends_well, " ".join(command), timeout_s=90, every_s=0.3)
