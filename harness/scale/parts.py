"""Everything that a site of several processes consists of, with the shipped nginx before it."""

import os
import signal
from pathlib import Path
from typing import Self

from harness.live_site import LiveSite
from harness.postgres import Postgres
from harness.redis_server import Redis
from harness.seaweed import SeaweedS3
from harness.shipped_proxy import ShippedProxy
from harness.waiting import wait_until
from sgraph_send.server.cleanup_process import SUPERVISOR_NAME

# All clients have one address. The counters are asked all the same, as they are of everybody.
NEVER_REACHED = "999999/s"
RATES = ",".join(f"{rule}={NEVER_REACHED}" for rule in ("create", "lease", "manage"))


class ScaledSite:
    """nginx → `manage.py serve` with several processes → PostgreSQL, Redis and SeaweedFS."""

    def __init__(
        self, folder: Path, postgres: Postgres, redis: Redis, seaweed: SeaweedS3, **settings: str
    ) -> None:
        self.postgres, self.seaweed = postgres, seaweed
        self.proxy = ShippedProxy("nginx", folder)
        self.bucket = f"scale-{self.proxy.port}"
        self.database_url = postgres.new_database(self.bucket)
        self.site = LiveSite(
            folder / "site",
            {
                **seaweed.environment,
                "SGRAPH_SEND__S3_BUCKET": self.bucket,
                "SGRAPH_SEND__PUBLIC_URL": self.proxy.url,
                "SGRAPH_SEND__TRUSTED_PROXIES": "127.0.0.1",
                "SGRAPH_SEND__RATES": RATES,
                "SGRAPH_SEND__LOG_LEVEL": "WARNING",
                "DATABASE_URL": self.database_url,
                "REDIS_URL": redis.url,
                **settings,
            },
        )

    def start(self, processes: int) -> Self:
        self.site.environment["SGRAPH_SEND__PROCESSES"] = str(processes)
        self.site.start()
        self.proxy.start(self.site.url.removeprefix("http://"))
        return self

    def stop(self) -> None:
        self.proxy.stop()
        if self.site.is_running:
            self.site.stop()

    @property
    def authority(self) -> str:
        """The path of what clients must trust."""
        return str(self.proxy.certificate.certificate)

    def workers(self) -> list[int]:
        """The server's processes that answer."""
        return [pid for pid in _children(self.site.process.pid) if not _is_cleanup(pid)]

    def kill_a_worker(self) -> None:
        """As the system does that has no memory left; another one has come when this returns."""
        before = self.workers()
        os.kill(before[0], signal.SIGKILL)
        wait_until(lambda: set(self.workers()) - set(before), "another process")

    def reload(self) -> None:
        """New processes answer, the old ones finish what they do; they have gone on return."""
        before = set(self.workers())
        os.kill(self.site.process.pid, signal.SIGHUP)
        wait_until(lambda: not before & set(self.workers()), "the old processes' end", timeout_s=90)


def _children(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            stat = (entry / "stat").read_text() if entry.name.isdigit() else ""
        except OSError:
            continue
        fields = stat.rpartition(")")[2].split()
        if fields and fields[0] != "Z" and int(fields[1]) == parent:
            found.append(int(entry.name))
    return found


def _is_cleanup(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == SUPERVISOR_NAME
    except OSError:
        return True
