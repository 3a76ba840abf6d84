"""CPU time and memory of a process and all that it started, from /proc."""

import os
import threading
from pathlib import Path
from typing import Self

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


def tree(root: int) -> list[int]:
    """The process and its descendants, whatever sessions they moved to."""
    children: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, unseen = [], [root]
    while unseen:
        found.append(unseen.pop())
        unseen += children.get(found[-1], [])
    return found


def cpu_seconds(root: int, *, with_ended: bool = False) -> float:
    """User and system time of the living processes of the tree, and of those that they have
    waited for if asked."""
    stats = filter(None, map(_stat, tree(root)))
    last = 15 if with_ended else 13
    return sum(sum(map(int, fields[11:last])) for fields in stats) / _TICKS_PER_SECOND


def private_bytes(root: int) -> int:
    """Memory that only these processes have: private pages, clean and dirty."""
    return sum(_bytes(pid, "Private_") for pid in tree(root))


def proportional_bytes(root: int) -> int:
    """Proportional set size of the tree: a page of n processes counts as one nth in each."""
    return sum(_bytes(pid, "Pss:") for pid in tree(root))


class PeakMemory:
    """The largest sum of private memory seen inside of a `with` block, sampled."""

    EVERY_SECONDS = 0.25

    def __init__(self, *roots: int) -> None:
        self._roots = roots
        self.peak_bytes = dict.fromkeys(roots, 0)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._stop.wait(self.EVERY_SECONDS):
            for root in self._roots:
                self.peak_bytes[root] = max(self.peak_bytes[root], private_bytes(root))


def _stat(pid: int) -> list[str] | None:
    """The fields after the name, state first; None when the process has ended."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def _bytes(pid: int, name: str) -> int:
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith(name))
