"""Whether what was just deployed works, asked as a visitor: exit code 0 or 1.

Sends one encrypted transfer of 4 KiB, receives, compares and deletes it, and asks the health
addresses of both services. Needs `cryptography` and `argon2-cffi`, no database and no store. An
access token, where uploads need one, comes from SGRAPH_SEND__ACCESS_TOKEN.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from sgraph_send.client.connection import Connection
from sgraph_send.uptime import checks
from sgraph_send.uptime.checks import Check, CheckFailed, CheckResult

NamedCheck = tuple[str, Check]


def checks_to_run(site: str, admin: str, version: str, access_token: str) -> list[NamedCheck]:
    """The checks by name; without `admin` those of the site alone, without `version` of any
    version."""
    visited = Connection(site)
    listed: list[NamedCheck] = [
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
            (f"{name}: version", lambda service=service: check_version(service, version))
            for name, service in services.items()
        ]
    return listed


def check_version(service: Connection, version: str) -> None:
    """The service says that it is this version. Raises CheckFailed."""
    told = service.json("ask for the version", "GET", "/info/status").get("version")
    if told != version:
        raise CheckFailed(f"It is version {told}, and {version} was deployed.")


def check_until_passed(
    listed: Sequence[NamedCheck], tries: int, pause_seconds: float
) -> list[CheckResult]:
    """Runs each check; those that failed again after a pause, until all pass or the tries end."""
    results: dict[str, CheckResult] = {}
    for attempt in range(tries):
        if attempt:
            time.sleep(pause_seconds)
        for name, check in listed:
            if name not in results or not results[name].has_passed:
                results[name] = checks.run(name, check, float("inf"))
        if all(result.has_passed for result in results.values()):
            break
    return list(results.values())


def report(results: Sequence[CheckResult]) -> str:
    """A Markdown table."""
    rows = [
        f"| {result.name} | {result.message or 'well'} | {result.seconds:.2f} |"
        for result in results
    ]
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
    listed = checks_to_run(given.site, given.admin, given.version.removeprefix("v"), access_token)
    results = check_until_passed(listed, given.tries, given.pause_seconds)
    sys.stdout.write(report(results))
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a") as file:
            file.write(report(results))
    return 0 if all(result.has_passed for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
