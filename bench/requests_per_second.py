"""Requests per second, one process per core on PostgreSQL and Redis, beside a bare gunicorn app and
a bare Django view that answer the same bytes on the same server with the same threads."""

import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from bench import transfers
from harness.foreign_sender import ForeignSender
from harness.live_site import ROOT, LiveSite
from harness.ports import free_port
from harness.postgres import Postgres
from harness.process import ChildProcess
from harness.redis_server import Redis

CONNECTIONS = 32
SECONDS = 8
# $THREADS tries another number of threads than the default of the site.
THREADS = os.environ.get("THREADS", "64")
LEASE_LUA = """
local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
local function token()
  local found = {}
  for at = 1, 42 do
    local pick = math.random(64)
    found[at] = letters:sub(pick, pick)
  end
  return table.concat(found) .. "A"
end
local threads = 0
function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end
function init(arguments)
  math.randomseed(os.time() * 10 + number)
end
function request()
  local body = string.format('{"link_proof":"%s","proof":"%s","lease_token":"%%s"}', token())
  return wrk.format("POST", nil, {["Content-Type"] = "application/json"}, body)
end
"""


def measure(folder: Path, say: Callable) -> list[dict]:
    if not shutil.which("wrk"):
        return [{"what": "wrk is not on PATH: nothing measured"}]
    folder.mkdir(parents=True, exist_ok=True)
    cores = os.cpu_count() or 1
    rows = []
    with _site(folder, cores) as site:
        sent = ForeignSender(site, {"a.txt": b"a"}).send(max_downloads=None)
        lease = folder / "lease.lua"
        proofs = transfers.proofs_of(site, sent.link)
        lease.write_text(
            LEASE_LUA.replace("%s", proofs["link_proof"], 1)
            .replace("%s", proofs["proof"], 1)
            .replace("%%s", "%s")
        )
        info = f"{site.url}/transfers/info/{sent.transfer_id}"
        asked = {
            "health": (f"{site.url}/info/health", None),
            "info": (info, None),
            "lease": (f"{site.url}/transfers/download/{sent.transfer_id}/lease", lease),
            "landing page": (f"{site.url}/", None),
        }
        bodies = {
            "health": _body(f"{site.url}/info/health"),
            "info": _body(info),
            "landing page": _body(f"{site.url}/"),
        }
        bodies["lease"] = b"x" * 400
        found = {what: _wrk(url, script, say) for what, (url, script) in asked.items()}
    for what, figures in found.items():
        bare = _bare(folder, cores, bodies[what], "bare_app", say)
        django = _bare(folder, cores, bodies[what], "bare_django", say)
        rows.append(_row(what, figures, bare, django, cores))
    return rows


def _row(what: str, figures: dict, bare: dict, django: dict, cores: int) -> dict:
    return {
        "what": what,
        "requests_per_s": round(figures["rate"]),
        "per_core": round(figures["rate"] / cores),
        "bare_gunicorn_per_s": round(bare["rate"]),
        "to_bare": round(figures["rate"] / bare["rate"], 2),
        "bare_django_per_s": round(django["rate"]),
        "to_django": round(figures["rate"] / django["rate"], 2),
        "p99": figures["p99"],
        "not_2xx": figures["refused"],
    }


@contextmanager
def _site(folder: Path, cores: int) -> Iterator[LiveSite]:
    postgres, redis = Postgres(folder), Redis(folder)
    postgres.start()
    redis.start()
    settings = {
        "DATABASE_URL": postgres.new_database("bench"),
        "REDIS_URL": redis.url,
        "SGRAPH_SEND__PROCESSES": str(cores),
        "SGRAPH_SEND__THREADS": THREADS,
        "SGRAPH_SEND__LOG_LEVEL": "WARNING",
        "SGRAPH_SEND__RATES": "off",
    }
    site = LiveSite(folder / "site", settings)
    try:
        yield site.start()
    finally:
        if site.is_running:
            site.kill()
        redis.stop()
        postgres.stop()


def _bare(folder: Path, cores: int, body: bytes, app: str, say: Callable) -> dict:
    """The same server with the same processes and threads, and nothing or a view behind it."""
    port = free_port()
    (folder / "body").write_bytes(body)
    options = {
        "--workers": str(cores),
        "--threads": THREADS,
        "--worker-class": "gthread",
        "--keep-alive": "75",
        "--bind": f"127.0.0.1:{port}",
    }
    words = [word for option in options.items() for word in option]
    child = ChildProcess(
        [sys.executable, "-m", "gunicorn", *words, f"bench.{app}:application"],
        log_path=folder / "bare.log",
        env=os.environ | {"BENCH_BODY_FILE": str(folder / "body")},
        cwd=ROOT,
    )
    url = f"http://127.0.0.1:{port}/"
    try:
        child.wait_ready(lambda: _body(url) == body)
        return _wrk(url, None, say)
    finally:
        child.kill()


def _wrk(url: str, script: Path | None, say: Callable) -> dict:
    options = ["-t2", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", "--timeout", "10s"]
    command = ["wrk", *options, *(["-s", str(script)] if script else []), url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    say(f"{urlsplit(url).path}: {' '.join(said.split())[-160:]}")
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    return {
        "rate": float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]),
        "p99": re.search(r"^\s+99%\s+(\S+)", said, re.M)[1],
        "refused": int(refused[1]) if refused else 0,
    }


def _body(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read()
