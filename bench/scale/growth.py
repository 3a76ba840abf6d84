"""What a transfer, cleanup, the panel and the comparison with the store cost as rows grow."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench import dashboard
from harness.live_site import ROOT, LiveSite
from harness.scale import crowd, rows
from harness.scale.ordeal import cpu_milliseconds
from harness.scale.parts import ScaledSite

TRANSFERS, WARM_UP = 200, 40
PROCESSES = 2
CREW = {"processes": 2, "threads": 2}
STEPS = {"create": "create", "complete": "complete", "start the download": "lease"}
PASS_SECONDS = 1200
PANEL_ROUNDS = 10


def measure(site: ScaledSite, counts: Sequence[int], say: Callable) -> Iterator[dict]:
    """A row for each count of rows; the site has started, without cleanup beside it."""
    with _panel_site(site) as panel:
        session = panel.manage("shell", "-v", "0", "-c", dashboard.SESSION).stdout.strip()
        for count in counts:
            say(f"growth: {count} rows")
            alive = rows.fill(site.database_url, site.bucket, count)
            rows.put_objects(site.seaweed.filer, site.bucket, alive)
            row = {"rows": count, "alive": len(alive)} | _transfers(site, count)
            row |= _beside(site) | _panel(panel, session)
            row["load"] = round(os.getloadavg()[0], 1)
            say(json.dumps(row))
            yield row


def plans(site: ScaledSite) -> dict:
    """Of every statement, over the rows that are there."""
    return _told_by(site, "bench.scale.plans")


def _transfers(site: ScaledSite, count: int) -> dict:
    first = 10 * count
    crowd.run(site, "live", list(range(first, first + WARM_UP)), **CREW)
    server, postgres = site.site.process.pid, site.postgres.pid
    before = cpu_milliseconds(server), cpu_milliseconds(postgres)
    read_before = rows.rows_read_in_sequence(site.database_url)
    seen = crowd.run(
        site, "live", list(range(first + WARM_UP, first + WARM_UP + TRANSFERS)), **CREW
    )
    after = cpu_milliseconds(server), cpu_milliseconds(postgres)
    read = rows.rows_read_in_sequence(site.database_url)
    large = ("transfers_transfer", "transfers_lease", "transfers_transferevent")
    if seen.wrong:
        raise RuntimeError(f"{seen.wrong} {seen.said}")
    return {
        "transfers_per_s": round(TRANSFERS / seen.seconds, 1),
        "server_cpu_ms": round((after[0] - before[0]) / TRANSFERS, 1),
        "postgres_cpu_ms": round((after[1] - before[1]) / TRANSFERS, 1),
        **{f"{name}_p50": round(seen.cut(step, 50), 1) for step, name in STEPS.items()},
        "read_in_sequence": sum(read[name] - read_before[name] for name in large) // TRANSFERS,
    }


def _beside(site: ScaledSite) -> dict:
    return {name: round(value) for name, value in _told_by(site, "bench.scale.passes").items()}


def _panel(panel: LiveSite, session: str) -> dict:
    pages = {
        "dashboard_ms": dashboard.PAGES[0],
        "dashboard_90d_ms": dashboard.PAGES[-1],
        "list_ms": dashboard.LISTS[0],
    }
    return {
        name: round(statistics.median(dashboard.milliseconds(panel, path, session, PANEL_ROUNDS)))
        for name, path in pages.items()
    }


@contextmanager
def _panel_site(site: ScaledSite) -> Iterator[LiveSite]:
    """Another server on the same rows, asked without TLS."""
    folder = site.site.data_folder.parent / "panel"
    panel = LiveSite(folder, {k: v for k, v in site.site.environment.items() if k != "PORT"})
    panel.environment |= {
        "PORT": panel.url.rpartition(":")[2],
        "SGRAPH_SEND__PUBLIC_URL": panel.url,
        "SGRAPH_SEND__DATA_DIR": str(panel.data_folder),
        "SGRAPH_SEND__PROCESSES": "1",
    }
    panel.start()
    try:
        yield panel
    finally:
        panel.stop()


def _told_by(site: ScaledSite, module: str) -> dict:
    done = subprocess.run(
        [sys.executable, "-m", module],
        cwd=Path(ROOT),
        env=site.site.environment | {"DJANGO_SETTINGS_MODULE": "sgraph_send.settings"},
        capture_output=True,
        text=True,
        timeout=PASS_SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{module}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])
