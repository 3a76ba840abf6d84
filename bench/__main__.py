"""`python -m bench`: measures, prints a table per section, writes var/bench/*.json."""

import argparse
import sys
import tempfile
from pathlib import Path

from bench import (
    drops,
    memory,
    report,
    requests_per_second,
    server_memory,
    sites,
    throughput,
)
from bench.scale import measure as scale

SECTIONS = ("upload", "download", "memory", "server", "drop", "requests")
ONLY_WHEN_ASKED_FOR = ("scale",)
SIZES_MIB = {
    "upload": [256, 1024],
    "download": [256, 1024],
    "memory": [64, 1024, 4096],
    "drop": [1024],
}
SMALLEST_MIB = 32
ROWS = [1_000, 10_000, 100_000, 1_000_000]


def numbers(text: str) -> list[int]:
    return [int(word) for word in text.replace(",", " ").split()]


def words(text: str) -> list[str]:
    return text.replace(",", " ").split()


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    known = (*SECTIONS, *ONLY_WHEN_ASKED_FOR)
    parser.add_argument("--only", type=words, default=list(SECTIONS), help=" ".join(known))
    parser.add_argument("--sizes", type=numbers, help=f"MiB, {SMALLEST_MIB} at least")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--stores", type=words, default=list(sites.STORES))
    parser.add_argument("--transfers", type=int, default=1000, help="of each run of scale")
    parser.add_argument("--rows", type=numbers, default=ROWS, help="what scale grows to, in steps")
    chosen = parser.parse_args()
    if unknown := set(chosen.only) - set(known) | set(chosen.stores) - set(sites.STORES):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    if chosen.rounds < 1 or (chosen.sizes and min(chosen.sizes) < SMALLEST_MIB):
        parser.error("ROUNDS from 1, SIZES from 32")
    return chosen


def measure(section: str, chosen: argparse.Namespace, folder: Path) -> list[dict]:
    """The rows of one section; a store that fails costs its own rows only."""
    if section == "requests":
        return requests_per_second.measure(folder, say)
    sizes_mib = chosen.sizes or SIZES_MIB.get(section, [])
    rows = []
    for store in chosen.stores:
        place = folder / f"{section}-{store}"
        try:
            with sites.running(store, place, with_proxy=section == "drop") as site:
                if section == "server":
                    rows += server_memory.measure(site, say)
                elif section == "memory":
                    rows += memory.measure(site, place, sizes_mib, say)
                elif section == "drop":
                    rows += drops.measure(site, place, sizes_mib, say)
                else:
                    rows += throughput.measure(section, site, place, sizes_mib, chosen.rounds, say)
        except Exception as exc:
            say(f"{section} {store} failed: {exc!r}")
            rows.append({"store": store, "failed": repr(exc)})
    return rows


def say(text: str) -> None:
    sys.stderr.write(f"  {text}\n")
    sys.stderr.flush()


def main() -> int:
    chosen = read_arguments()
    results = {}
    with tempfile.TemporaryDirectory(prefix="sgraph-send-bench-") as folder:
        for section in chosen.only:
            place = Path(folder) / section
            if section == "scale":
                results |= scale.measure(place, chosen.transfers, chosen.rows, say)
            else:
                results[section] = measure(section, chosen, place)
    conditions = report.conditions(chosen)
    sys.stdout.write(report.as_text(results, conditions))
    sys.stdout.write(f"\nWritten: {report.write(results, conditions)}\n")
    return int(any("failed" in row for rows in results.values() for row in rows))


if __name__ == "__main__":
    sys.exit(main())
