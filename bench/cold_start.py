"""How long a function takes from nothing to its first answers.

python -m bench.cold_start [--rounds 10] [--python /path/to/python3.13] [--profile]

The code is packed as `make aws-package` does it, for this machine instead of Lambda's, and unpacked
into a folder that no bytecode is written to. Each round starts, one after the other, a bare Python
that imports boto3 and Django, the user, the admin and the cleanup function, all from that folder
and without any other packages; the functions have PostgreSQL, and a bucket that is not asked.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench import report
from harness.function_url import ORIGIN_SECRET, function_url
from harness.postgres import Postgres

PROCESS = Path(__file__).with_name("lambda_process.py")
BASELINE = "import boto3, django"
# Of a page, of the database, and of both once more when all is warm.
CALLS = ("/", "/transfers/info/" + "x" * 22)
PROFILED_LINES = 80


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="bench.cold_start")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--python", default=os.path.realpath(sys.executable))
    parser.add_argument("--without-bytecode", action="store_true", help="as packed by another one")
    parser.add_argument("--profile", action="store_true", help="what the user function imports")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="sgraph-send-cold-") as name:
        folder = Path(name)
        code = _unpacked(folder, chosen)
        postgres = Postgres(folder)
        postgres.start()
        try:
            environment = _environment(code, folder, postgres.new_database("bench"))
            _migrate(chosen.python, environment)
            if chosen.profile:
                sys.stdout.write(_profile(chosen.python, environment))
                return
            results = _measured(chosen, environment)
        finally:
            postgres.stop()
    conditions = report.conditions(chosen) | {"python": _version(chosen.python)}
    sys.stdout.write(report.as_text({"cold start, medians of milliseconds": results}, conditions))


def _unpacked(folder: Path, chosen: argparse.Namespace) -> Path:
    command = [sys.executable, "-m", "deploy.release.function_code", folder / "code.zip"]
    command += ["--here", chosen.python]
    command += ["--without-bytecode"] if chosen.without_bytecode else []
    said = subprocess.check_output(command, cwd=report.ROOT, text=True)
    code = folder / "code"
    with zipfile.ZipFile(folder / "code.zip") as packed:
        packed.extractall(code)
    zipped_mib = (folder / "code.zip").stat().st_size / 2**20
    sys.stdout.write(f"{zipped_mib:.1f} MiB packed, {said}")
    return code


def _version(python: str) -> str:
    told = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.check_output([python, "-c", told], text=True).strip()


def _environment(code: Path, folder: Path, database_url: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(code),
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_ACCESS_KEY_ID": "made-up",
        "AWS_SECRET_ACCESS_KEY": "made-up",
        "AWS_REGION": "us-east-1",
        "DATABASE_URL": f"{database_url}?conn_health_checks=True",
        "SGRAPH_SEND__PUBLIC_URL": "https://send.example",
        "SGRAPH_SEND__ORIGIN_SECRET": ORIGIN_SECRET,
        "SGRAPH_SEND__SECRET_KEY": "made-up-for-a-bench",
        "SGRAPH_SEND__STORE": "s3",
        "SGRAPH_SEND__S3_BUCKET": "made-up",
        "SGRAPH_SEND__UPLOAD_ACCESS": "open",
        "SGRAPH_SEND__LOG_FORMAT": "json",
        "SGRAPH_SEND__DATA_DIR": str(folder / "data"),
        "SGRAPH_SEND__STATIC_DIR": str(code / "static_files"),
    }


def _migrate(python: str, environment: dict[str, str]) -> None:
    command = (
        "from sgraph_send.aws_lambda import cleanup; cleanup.handler({'task': 'migrate'}, None)"
    )
    subprocess.run([python, "-S", "-c", command], env=environment, check=True)


Taken = dict[str, tuple[float, float]]


def _measured(chosen: argparse.Namespace, environment: dict[str, str]) -> list[dict]:
    taken: dict[str, list[Taken]] = {}
    for _ in range(chosen.rounds):
        taken.setdefault("bare: boto3 and Django", []).append(_bare(chosen.python, environment))
        for role, calls in (("user", CALLS), ("admin", ("/admin/login/",)), ("cleanup", ())):
            found = _function(chosen.python, environment, role, calls)
            taken.setdefault(role, []).append(found)
    return [
        {
            "function": name,
            "step": step,
            "ms": _median(each[step][0] for each in rounds),
            "CPU ms": _median(each[step][1] for each in rounds),
        }
        for name, rounds in taken.items()
        for step in rounds[0]
    ]


def _median(values: Iterable[float]) -> str:
    """And the least and the most."""
    found = sorted(values)
    return f"{statistics.median(found):.0f} ({found[0]:.0f} to {found[-1]:.0f})"


def _bare(python: str, environment: dict[str, str]) -> Taken:
    before = os.times()
    subprocess.run([python, "-S", "-c", BASELINE], env=environment, check=True)
    after = os.times()
    cpu = sum(after[2:4]) - sum(before[2:4])
    return {"start": ((after.elapsed - before.elapsed) * 1000, cpu * 1000)}


def _function(python: str, environment: dict[str, str], role: str, calls: Sequence[str]) -> Taken:
    """Milliseconds of the start and of each call, cold and warm: by the clock, and of CPU."""
    with subprocess.Popen(
        # -P: the folder of the script has names that the packages have too.
        [python, "-SP", PROCESS, f"sgraph_send.aws_lambda.{role}"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        found = {"start": _told(process)}
        for kind in ("first", "warm"):
            for path in calls:
                process.stdin.write(f"{json.dumps(function_url('GET', path))}\n")
                process.stdin.flush()
                found[f"{kind} {path[:16]}"] = _told(process)
        process.stdin.close()
    return found


def _told(process: subprocess.Popen) -> tuple[float, float]:
    taken = json.loads(process.stdout.readline())
    return taken["ms"], taken["cpu_ms"]


def _profile(python: str, environment: dict[str, str]) -> str:
    """The imports that cost most, with all that they import themselves."""
    told = subprocess.run(
        [python, "-S", "-X", "importtime", "-c", "import sgraph_send.aws_lambda.user"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    rows = [line.removeprefix("import time:").split("|") for line in told.splitlines()]
    slowest = sorted(((int(us), name.rstrip()) for _, us, name in rows[1:]), reverse=True)
    slowest = slowest[:PROFILED_LINES]
    return "".join(f"{us / 1000:>8.1f} ms {name}\n" for us, name in slowest)


if __name__ == "__main__":
    main(sys.argv[1:])
