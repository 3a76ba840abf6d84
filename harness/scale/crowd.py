"""Several processes of clients, and what happens to the server while they work."""

import json
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from harness.live_site import ROOT
from harness.scale.parts import ScaledSite


@dataclass
class Seen:
    """What all clients together saw; `seconds` from the first call to the last, `faults_at` as
    `time.time` has it."""

    verdict: Counter[str] = field(default_factory=Counter)
    said: list[str] = field(default_factory=list)
    sent: list[dict] = field(default_factory=list)
    milliseconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: list[tuple[float, str]] = field(default_factory=list)
    given_up: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    faults_at: list[float] = field(default_factory=list)

    def add(self, told: dict) -> None:
        for name in ("verdict", "given_up"):
            getattr(self, name).update(told[name])
        for name in ("said", "sent", "failures"):
            getattr(self, name).extend(told[name])
        for step, times in told["milliseconds"].items():
            self.milliseconds[step] += times

    def failures_between(self, first: float, last: float) -> dict[str, int]:
        """How often each was met in that time of day, the most frequent first."""
        return dict(Counter(text for at, text in self.failures if first <= at < last).most_common())

    @property
    def wrong(self) -> dict[str, int]:
        """What must not happen, by what it is."""
        shouted = {name: count for name, count in self.verdict.items() if name[:2].isupper()}
        return shouted | ({"failed": self.verdict["failed"]} if self.verdict["failed"] else {})

    def cut(self, step: str, percent: int) -> float:
        """Milliseconds in which so many percent of the calls were answered."""
        times = self.milliseconds[step]
        return statistics.quantiles(times, n=100)[percent - 1] if len(times) > 1 else sum(times)


def run(
    site: ScaledSite,
    phase: str,
    jobs: Sequence[object],
    *,
    processes: int,
    threads: int,
    faults: Sequence[tuple[float, Callable[[], object]]] = (),
) -> Seen:
    """Have the jobs done; each fault happens once that share of them is."""
    done, seen = _Progress(len(jobs)), Seen()
    began = time.perf_counter()
    children = [_Child(site, phase, jobs[n::processes], threads, done) for n in range(processes)]
    try:
        for share, fault in faults:
            done.wait_for(share)
            seen.faults_at.append(time.time())
            fault()
        for child in children:
            seen.add(child.result())
    finally:
        for child in children:
            child.end()
    seen.seconds = time.perf_counter() - began
    return seen


class _Progress:
    def __init__(self, count: int) -> None:
        self._count, self._done = count, 0
        self._changed = threading.Condition()

    def step(self) -> None:
        with self._changed:
            self._done += 1
            self._changed.notify_all()

    def wait_for(self, share: float) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: self._done >= share * self._count, timeout=600):
                raise TimeoutError(f"{self._done} of {self._count} transfers are done")


class _Child:
    def __init__(
        self, site: ScaledSite, phase: str, jobs: Sequence, threads: int, done: _Progress
    ) -> None:
        self._last = ""
        self._popen = subprocess.Popen(
            [sys.executable, "-m", "harness.scale.clients"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        told = {"url": site.proxy.url, "authority": site.authority, "phase": phase}
        self._popen.stdin.write(json.dumps(told | {"threads": threads, "jobs": jobs}) + "\n")
        self._popen.stdin.close()
        self._reader = threading.Thread(target=self._read, args=[done], daemon=True)
        self._reader.start()

    def _read(self, done: _Progress) -> None:
        for line in self._popen.stdout:
            if line == "done\n":
                done.step()
            else:
                self._last = line

    def result(self) -> dict:
        """Blocks until it has ended."""
        self._reader.join()
        if self._popen.wait():
            raise RuntimeError("a process of clients failed")
        return json.loads(self._last)

    def end(self) -> None:
        self._popen.kill()
        self._popen.wait()
        self._popen.stdout.close()
