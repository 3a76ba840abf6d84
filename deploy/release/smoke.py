"""Whether what was just deployed works, asked as a visitor: exit code 0 or 1.

Sends one encrypted transfer of 4 KiB, receives, compares and deletes it, and asks the health
addresses of both services. Needs `cryptography` and `argon2-cffi`, no database and no store. An
access token, where uploads need one, comes from SGRAPH_SEND__ACCESS_TOKEN.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sgraph_send.client.connection import Connection
from sgraph_send.uptime import checks
from sgraph_send.uptime.checks import Look, Wrong

Ask = tuple[str, Callable[[], dict[str, float] | None]]


def asks(site: str, admin: str, version: str, access_token: str) -> list[Ask]:
    """What to ask; without `admin` of the site alone, without `version` of any."""
    visited = Connection(site)
    listed: list[Ask] = [
        ("site: health", lambda: checks.health(visited)),
        ("site: ready", lambda: checks.ready(visited, "")),
        ("site: transfer", lambda: checks.transfer(visited, access_token)),
    ]
    services = {"site": visited}
    if admin:
        services["admin"] = operated = Connection(admin)
        listed += [
            ("admin: health", lambda: checks.health(operated)),
            ("admin: ready", lambda: checks.ready(operated, "")),
        ]
    if version:
        listed += [
            (f"{name}: version", lambda service=service: is_version(service, version))
            for name, service in services.items()
        ]
    return listed


def is_version(service: Connection, version: str) -> None:
    """The service says that it is this version. Raises Wrong."""
    told = service.json("ask for the version", "GET", "/info/status").get("version")
    if told != version:
        raise Wrong(f"It is version {told}, and {version} was deployed.")


def look_until_well(listed: Sequence[Ask], tries: int, pause_seconds: float) -> list[Look]:
    """Each once; those that are not well again after a pause, until all are or the tries end."""
    taken: dict[str, Look] = {}
    for attempt in range(tries):
        if attempt:
            time.sleep(pause_seconds)
        for name, ask in listed:
            if name not in taken or not taken[name].is_well:
                taken[name] = checks.take(name, ask, float("inf"))
        if all(look.is_well for look in taken.values()):
            break
    return list(taken.values())


def report(taken: Sequence[Look]) -> str:
    """A Markdown table."""
    rows = [f"| {look.name} | {look.sentence or 'well'} | {look.seconds:.2f} |" for look in taken]
    return "\n".join(["| asked | answer | seconds |", "| --- | --- | ---: |", *rows, ""])


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--site", required=True, help="the origin that visitors use")
    parser.add_argument("--admin", default="", help="the origin that operators use")
    parser.add_argument("--version", default="", help="what both must say of themselves")
    parser.add_argument("--tries", type=int, default=6)
    parser.add_argument("--pause-seconds", type=float, default=10)
    given = parser.parse_args(arguments)
    access_token = os.environ.get("SGRAPH_SEND__ACCESS_TOKEN", "")
    listed = asks(given.site, given.admin, given.version.removeprefix("v"), access_token)
    taken = look_until_well(listed, given.tries, given.pause_seconds)
    sys.stdout.write(report(taken))
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a") as file:
            file.write(report(taken))
    return 0 if all(look.is_well for look in taken) else 1


if __name__ == "__main__":
    sys.exit(main())
