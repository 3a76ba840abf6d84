"""Memory of the server's whole process tree at rest, after some transfers."""

from collections.abc import Callable

from bench.sites import Site
from harness import processes
from harness.foreign_sender import ForeignSender

MIB = 2**20
TRANSFERS = 5


def measure(site: Site, say: Callable) -> list[dict]:
    """Proportional set size: pages that several processes share count once."""
    live = site.live
    for number in range(TRANSFERS):
        ForeignSender(live, {f"{number}.bin": bytes(MIB)}).send(max_downloads=None)
    tree = processes.tree(live.process.pid)
    row = {
        "store": site.store,
        "processes": len(tree),
        "proportional_mib": round(processes.proportional_bytes(live.process.pid) / MIB),
        "private_mib": round(processes.private_bytes(live.process.pid) / MIB),
    }
    say(f"server at rest: {row}")
    return [row]
