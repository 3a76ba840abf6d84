"""One run: a process killed with -9, a graceful reload, transfers meanwhile, the verdict."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

from harness import processes
from harness.scale import books, crowd
from harness.scale.parts import ScaledSite

KILL_AT, RELOAD_AT = 0.3, 0.6
LONG_AGO = timedelta(days=2)
PASSES = 3
CALLS = {
    "create": "create",
    "sign": "sign",
    "upload": "PUT of the part",
    "complete": "complete",
    "ask for the transfer": "info",
    "read the manifest": "manifest",
    "start the download": "lease",
    "download": "GET of the part",
    "finish the download": "finish",
    "delete": "delete",
}


@dataclass
class Verdict:
    """`wrong` is empty when no confirmed transfer was lost and no limit overrun, the books agree
    and nothing stayed behind for good. `connections` are those of PostgreSQL in mid-run, `met` are
    failures that another try made good, by the fault that they followed."""

    live: crowd.Seen
    afterwards: crowd.Seen
    left_behind: dict[str, int]
    connections: int
    wrong: dict[str, object] = field(default_factory=dict)

    @property
    def met(self) -> dict[str, dict[str, int]]:
        moments = [0.0, *self.live.faults_at, float("inf")]
        found = [self.live.failures_between(*between) for between in pairwise(moments)]
        found.append(self.afterwards.failures_between(0, float("inf")))
        return dict(zip(("nothing", "kill", "reload", "all"), found, strict=True))

    @property
    def given_up(self) -> dict[str, int]:
        return dict(self.live.given_up + self.afterwards.given_up)


def undergo(site: ScaledSite, numbers: range, *, client_processes: int, threads: int) -> Verdict:
    """Clients work on a site that has started; kill and reload happen while they do."""
    open_connections: list[int] = []

    def kill() -> None:
        open_connections.append(books.connections(site.database_url))
        site.kill_a_worker()

    faults = [(KILL_AT, kill), (RELOAD_AT, site.reload)]
    crew = {"processes": client_processes, "threads": threads}
    live = crowd.run(site, "live", list(numbers), faults=faults, **crew)
    disagreements = books.disagreements(site.database_url)
    afterwards = crowd.run(site, "again", live.sent, **crew)
    found = Verdict(live, afterwards, _left_behind(site), *open_connections)
    found.wrong = live.wrong | afterwards.wrong | disagreements | found.given_up
    if len(live.sent) != len(numbers):
        found.wrong["not sent to the end"] = len(numbers) - len(live.sent)
    found.wrong |= {f"{name} for ever": n for name, n in _after_cleanup(site).items() if n}
    return found


def cpu_milliseconds(root: int) -> float:
    """Of a process and all that it started, also those that have ended."""
    return 1000 * processes.cpu_seconds(root, with_ended=True)


def _left_behind(site: ScaledSite) -> dict[str, int]:
    """What calls that were cut off, or made twice, have left unfinished."""
    states = books.states(site.database_url)
    return {name: states.get(name, 0) for name in ("pending", "completing", "deleting")}


def _after_cleanup(site: ScaledSite) -> dict[str, int]:
    """The same, and uploads that the store holds, after the passes of two days later: one repeats
    what the store did not answer another."""
    books.make_unfinished_older(site.database_url, LONG_AGO)
    for _ in range(PASSES):
        if site.site.manage("cleanup_transfers", timeout_s=300).returncode == 0:
            break
    uploads = site.seaweed.client().list_multipart_uploads(Bucket=site.bucket).get("Uploads", [])
    return _left_behind(site) | {"unfinished uploads": len(uploads)}
