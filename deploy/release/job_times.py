"""How long each job of a workflow run took: a table for people, and a file to keep.

Reads what `gh api --paginate --slurp repos/…/actions/runs/…/jobs` prints from standard input.

    python -m deploy.release.job_times FILE.json >> "$GITHUB_STEP_SUMMARY"
"""

import json
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any


def job_times(pages: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """`job`, `conclusion`, `queued_seconds` and `seconds` of every job that ended, in its order."""
    ended = [
        job
        for page in pages
        for job in page["jobs"]
        if job.get("started_at") and job.get("completed_at") and job["conclusion"] != "skipped"
    ]
    return [
        {
            "job": job["name"],
            "conclusion": job["conclusion"],
            "queued_seconds": _between(job["created_at"], job["started_at"]),
            "seconds": _between(job["started_at"], job["completed_at"]),
        }
        for job in sorted(ended, key=lambda job: job["started_at"])
    ]


def table(times: Iterable[dict[str, Any]]) -> str:
    """Markdown."""
    rows = [
        f"| {_cell(row['job'])} | {row['conclusion']} | {row['queued_seconds']} "
        f"| {row['seconds'] // 60}:{row['seconds'] % 60:02d} |"
        for row in times
    ]
    heads = ["| job | ended in | waited (s) | took (min:s) |", "| --- | --- | ---: | ---: |"]
    return "\n".join([*heads, *rows, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _between(start: str, end: str) -> int:
    started, ended = map(datetime.fromisoformat, (start, end))
    return max(0, round((ended - started).total_seconds()))


def main() -> None:
    times = job_times(json.load(sys.stdin))
    Path(sys.argv[1]).write_text(json.dumps(times, indent=1) + "\n")
    sys.stdout.write(table(times))


if __name__ == "__main__":
    main()
