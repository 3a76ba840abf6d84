"""Results as tables on the terminal and as JSON in var/bench/."""

import argparse
import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from harness.chromium import system_chromium

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "bench"


def conditions(chosen: argparse.Namespace) -> dict:
    """Where and of what these figures were taken."""
    return {
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _said_by(["git", "-C", str(ROOT), "describe", "--always", "--dirty"]),
        "cores": os.cpu_count(),
        "cpu": _cpu_model(),
        "memory_gib": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30),
        "load_average": os.getloadavg(),
        "python": platform.python_version(),
        "kernel": platform.release(),
        "chromium": _said_by([system_chromium() or "chromium", "--version"]),
        "rounds": chosen.rounds,
    }


def as_text(results: dict[str, list[dict]], conditions: dict) -> str:
    lines = [f"{name}: {value}" for name, value in conditions.items()]
    for section, rows in results.items():
        lines += ["", section, *_table(rows)]
    return "\n".join(lines) + "\n"


def write(results: dict[str, list[dict]], conditions: dict) -> Path:
    FOLDER.mkdir(parents=True, exist_ok=True)
    name = conditions["taken_at"].replace(":", "").replace("+0000", "Z")
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps({"conditions": conditions, "results": results}, indent=2))
    return path.relative_to(ROOT)


def _table(rows: list[dict]) -> list[str]:
    names = list(dict.fromkeys(name for row in rows for name in row if _is_short(rows, name)))
    cells = [names, *([str(row.get(name, "")) for name in names] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]


def _is_short(rows: list[dict], name: str) -> bool:
    return not any(isinstance(row.get(name), dict | list) for row in rows)


def _cpu_model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), "unknown")


def _said_by(command: list[str]) -> str:
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return "unknown"
    return answer.stdout.strip() or "unknown"
