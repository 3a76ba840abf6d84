"""The sections of `make bench ONLY=scale`: runs with faults, then the growth of rows."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.scale import growth
from harness.postgres import Postgres
from harness.redis_server import Redis
from harness.scale import ordeal, rows
from harness.scale.parts import ScaledSite
from harness.seaweed import SeaweedS3

SERVER_PROCESSES = (1, 2, 4)
CREW = {"client_processes": 3, "threads": 4}
ALONE = {"SGRAPH_SEND__CLEANUP_EVERY_SECONDS": "0"}


def measure(
    folder: Path, transfers: int, counts: list[int], say: Callable
) -> dict[str, list[dict]]:
    """Sections of the report; a row holds `failed` where something was lost, overrun or left."""
    folder.mkdir(parents=True, exist_ok=True)
    found: dict[str, list[dict]] = {"scale": []}
    calls: dict[str, dict] = {name: {"call": name} for name in ordeal.CALLS.values()}
    with _parts(folder) as parts:
        for processes in SERVER_PROCESSES if transfers else ():
            site = ScaledSite(folder / str(processes), *parts, **_settings(folder))
            found["scale"].append(_ordeal(site, processes, transfers, calls, say))
        found["scale, ms per call"] = list(calls.values()) if transfers else []
        if counts:
            found |= _growth(
                ScaledSite(folder / "growth", *parts, **_settings(folder)), counts, say
            )
    return found


def _ordeal(
    site: ScaledSite, processes: int, transfers: int, calls: dict[str, dict], say: Callable
) -> dict:
    site.start(processes)
    try:
        server, postgres = site.site.process.pid, site.postgres.pid
        before = ordeal.cpu_milliseconds(server), ordeal.cpu_milliseconds(postgres)
        seen = ordeal.undergo(site, range(transfers), **CREW)
        used = ordeal.cpu_milliseconds(server), ordeal.cpu_milliseconds(postgres)
    finally:
        site.stop()
    for step, name in ordeal.CALLS.items():
        for percent in (50, 99):
            calls[name][f"{processes}_p{percent}"] = round(seen.live.cut(step, percent), 1)
    row = {
        "processes": processes,
        "transfers": transfers,
        "per_s": round(transfers / seen.live.seconds, 1),
        "server_cpu_ms": round((used[0] - before[0]) / transfers, 1),
        "postgres_cpu_ms": round((used[1] - before[1]) / transfers, 1),
        "confirmed": seen.live.verdict["confirmed"],
        "wrong": len(seen.wrong),
        **{f"met_after_{fault}": sum(kinds.values()) for fault, kinds in seen.met.items()},
        "failures_shown": sum(seen.given_up.values()),
        **{f"left_{name}": count for name, count in seen.left_behind.items()},
        "connections": seen.connections,
        "load": round(os.getloadavg()[0], 1),
        "verdict": dict(seen.live.verdict + seen.afterwards.verdict),
        "met": seen.met,
    }
    say(f"{row}")
    return row | ({"failed": {**seen.wrong, "said": seen.live.said[:9]}} if seen.wrong else {})


def _growth(site: ScaledSite, counts: list[int], say: Callable) -> dict[str, list[dict]]:
    site.start(growth.PROCESSES)
    try:
        grown = list(growth.measure(site, counts, say))
        sizes, explained = rows.sizes(site.database_url), growth.plans(site)
    finally:
        site.stop()
    tables = [{"table": name} | of for name, of in sizes["tables"].items()]
    indexes = [{"index": name, "bytes": size} for name, size in sizes["indexes"].items()]
    statements = [
        {
            "step": each["step"],
            "reads_whole": " ".join(each["reads_whole_tables"]),
            "statement": " ".join(each["sql"].split())[:60],
            "whole": [each["sql"], *each["plan"]],
        }
        for each in explained["plans"]
    ]
    asked = [
        {"step": step, "calls": " ".join(f"{name}×{n}" for name, n in calls.items())}
        for step, calls in explained["store_calls"].items()
    ]
    return {
        "scale, as rows grow": grown,
        "scale, tables": tables,
        "scale, indexes": indexes,
        "scale, plans": statements,
        "scale, calls of the store": asked,
    }


def _settings(folder: Path) -> dict[str, str]:
    return {**ALONE, "SGRAPH_SEND__STATIC_DIR": str(folder / "static")}


@contextmanager
def _parts(folder: Path) -> Iterator[tuple[Postgres, Redis, SeaweedS3]]:
    postgres, redis, seaweed = Postgres(folder), Redis(folder), SeaweedS3(folder / "seaweed")
    started = []
    try:
        for part in (postgres, redis, seaweed):
            part.start()
            started.append(part)
        yield postgres, redis, seaweed
    finally:
        for part in reversed(started):
            part.stop()
