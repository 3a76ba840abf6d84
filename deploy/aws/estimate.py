"""What a month on AWS costs, by components, for three sizes of service.

python -m deploy.aws.estimate [--environment prod] [--size-mib 25] [--downloads 1.5]
    [--days-kept 7] [--set DatabaseClass=db.t4g.small …]
"""

import argparse
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from deploy.aws.bill import LINES, Prices
from deploy.aws.template_file import Stack, load
from deploy.aws.workload import Workload

PRICES = Path(__file__).with_name("prices.toml")
SIZES = (1_000, 100_000, 10_000_000)
# Parameters that a service of this size is given instead of the template's; not measured.
LARGER = {
    10_000_000: {
        "ReservedConcurrency": "50",
        "DatabaseClass": "db.m7g.large",
        "DatabaseStorageGigabytes": "200",
        "CacheNodeType": "cache.t4g.small",
    }
}
SHOWN = (
    "ReservedConcurrency",
    "MemoryMegabytes",
    "DatabaseClass",
    "DatabaseStorageGigabytes",
    "CacheNodeType",
)
LEFT_OUT = (
    "Left out: free allowances, taxes, support, the name's zone, database backups beyond its size,",
    "bytes between zones, queries of logs that somebody runs.",
)
_REQUIRED = dict.fromkeys(
    ("CodeBucket", "CodeKey", "DomainName", "AdminDomainName", "HostedZoneId"), "send.example"
)


def prices() -> Prices:
    return tomllib.loads(PRICES.read_text())


def stack(environment: str, chosen: dict[str, str], transfers: int) -> Stack:
    """The stack for a size of service; raises ValueError for parameters that there are not."""
    given = {**_REQUIRED, "Environment": environment, **LARGER.get(transfers, {}), **chosen}
    return Stack(load(), given)


def bill(made: Stack, workload: Workload, asked: Prices) -> dict[str, float]:
    """Dollars a month by the name of the line."""
    return {line.name: line.dollars(made, workload, asked) for line in LINES}


def report(environment: str, chosen: dict[str, str], assumed: dict[str, float]) -> str:
    """The table for all sizes, and all that it rests upon."""
    asked = prices()
    loads = [Workload(size, **assumed) for size in SIZES]
    stacks = [stack(environment, chosen, size) for size in SIZES]
    bills = [bill(made, load, asked) for made, load in zip(stacks, loads, strict=True)]
    totals = [sum(each.values()) for each in bills]
    head = (
        f"Dollars a month for a {environment} stack in {asked['region']}, at the prices of "
        f"{asked['as_of']} (deploy/aws/prices.toml)"
    )
    rows = [_row(line.name, [f"{each[line.name]:,.2f}" for each in bills]) for line in LINES]
    for_each = [f"{total / size:.5f}" for total, size in zip(totals, SIZES, strict=True)]
    parameters = [_row(name, [made.parameters[name] for made in stacks]) for name in SHOWN]
    at_once = [f"{load.calls_at_once:,.1f}" for load in loads]
    assumptions = [
        f"  {field.name.replace('_', ' ')}: {getattr(loads[0], field.name):,}"
        for field in fields(Workload)
        if field.name != "transfers"
    ]
    return "\n".join(
        [
            *(head, "", _row("transfers a month", [f"{size:,}" for size in SIZES]), *rows),
            *(_row("together", [f"{total:,.2f}" for total in totals]), ""),
            *(_row("for each transfer", for_each), _row("calls at once, at the peak", at_once)),
            *("", "Parameters of the template", *parameters),
            *("", "Assumptions for each transfer and call", *assumptions),
            *("", *LEFT_OUT, ""),
        ]
    )


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="deploy.aws.estimate")
    parser.add_argument("--environment", choices=("dev", "qa", "prod"), default="prod")
    for name in ("size-mib", "downloads", "days-kept"):
        parser.add_argument(f"--{name}", type=float, default=argparse.SUPPRESS)
    parser.add_argument("--set", nargs="*", default=[], metavar="PARAMETER=VALUE")
    given = vars(parser.parse_args(arguments))
    environment, pairs = given.pop("environment"), given.pop("set")
    try:
        text = report(environment, dict(pair.split("=", 1) for pair in pairs), given)
    except ValueError as exc:
        sys.stderr.write(f"{exc}\n")
        return 2
    sys.stdout.write(text)
    return 0


def _row(name: str, cells: Sequence[str]) -> str:
    return f"{name:<28}" + "".join(f"{cell:>16}" for cell in cells)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
