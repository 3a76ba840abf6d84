"""`python -m bench.dashboard`: the dashboard over a million transfers on PostgreSQL.

Rows are made by SQL, which only a bench may: functional tests make theirs by transfers. Times are
those of a caller on the same machine, so they hold the server's and a little more.
"""

import argparse
import http.client
import statistics
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from harness.live_site import LiveSite
from harness.postgres import Postgres
from harness.scale.statistics import DAYS, FIGURES, NAMES, VISITS

TRANSFERS = 1_000_000
PAGES = ("/admin/?span=24h", "/admin/?span=7d", "/admin/?span=30d", "/admin/?span=90d")
LISTS = ("/admin/transfers/transfer/", "/admin/transfers/transfer/?q=bench{:017d}")
# A third is kept, the rest are tombstones, and a few uploads run.
_TRANSFERS = """
INSERT INTO transfers_transfer (id, kind, state, reason, file_size_bytes, payload_bytes,
    part_bytes, content_type_hint, envelope, link_proof_hash, proof_hash, owner_token_hash, store,
    bucket, multipart_id, expires_in_seconds, download_count, proof_failures, notice, created_at,
    touched_at, expires_at, completed_at, closed_at, deleted_at, found_absent)
SELECT 'bench' || lpad(n::text, 17, '0'), 'sealed', state,
    CASE state WHEN 'deleted' THEN 'expired' ELSE '' END, 1000000, 1000100, 5242880, '', '{}',
    ''::bytea, ''::bytea, ''::bytea, 'local', %(bucket)s, '', 604800, n %% 5, 0, '',
    at, now(), now() + interval '7 days',
    CASE WHEN state <> 'pending' THEN at END,
    CASE WHEN state = 'deleted' THEN now() - interval '1 day' END,
    CASE WHEN state = 'deleted' THEN now() - interval '1 day' END, ''
FROM (SELECT n, now() - n * interval '7 seconds' AS at,
    CASE WHEN n %% 100 = 0 THEN 'pending' WHEN n %% 3 = 0 THEN 'completed' ELSE 'deleted' END
    AS state FROM generate_series(1, %(count)s) AS n) AS made
"""
SESSION = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
operator = User.objects.create_superuser("bench")
session = SessionStore()
session[SESSION_KEY] = str(operator.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = operator.get_session_auth_hash()
session.create()
print(session.session_key)
"""


def fill(url: str, bucket: str, transfers: int) -> None:
    """A million transfers, and 90 days of figures and visits."""
    with psycopg.connect(url) as connection:
        connection.execute(_TRANSFERS, {"bucket": bucket, "count": transfers})
        connection.execute(FIGURES, {"hours": DAYS * 24, "names": NAMES})
        connection.execute(VISITS, {"days": DAYS})
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def milliseconds(site: LiveSite, path: str, session: str, rounds: int) -> list[float]:
    """How long each of `rounds` calls took, after one that does not count."""
    connection = http.client.HTTPConnection(urlsplit(site.url).netloc, timeout=60)
    found = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": f"sessionid={session}"})
        answer = connection.getresponse()
        answer.read()
        found.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
    return found[1:]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.dashboard", description=__doc__)
    parser.add_argument("--transfers", type=int, default=TRANSFERS)
    parser.add_argument("--rounds", type=int, default=60)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sgraph-send-bench-") as place:
        folder = Path(place)
        postgres = Postgres(folder)
        postgres.start()
        url = postgres.new_database("bench")
        site = LiveSite(folder / "site", {"DATABASE_URL": url}).start()
        try:
            fill(url, (site.data_folder / "store" / "store_id").read_text(), chosen.transfers)
            session = site.manage("shell", "-v", "0", "-c", SESSION).stdout.strip()
            site.manage("cleanup_transfers", timeout_s=300)  # folds the hours of past weeks
            report(site, session, chosen)
            _say("one pass of cleanup", _cleanup_seconds(site) * 1000)
        finally:
            site.kill()
            postgres.stop()
    return 0


def report(site: LiveSite, session: str, chosen: argparse.Namespace) -> None:
    for path in (*PAGES, LISTS[0], LISTS[1].format(chosen.transfers // 2)):
        times = milliseconds(site, path, session, chosen.rounds)
        cuts = statistics.quantiles(times, n=20)
        sys.stdout.write(
            f"{path:60} median {statistics.median(times):6.0f} ms   p95 {cuts[-1]:6.0f} ms\n"
        )
        sys.stdout.flush()


def _cleanup_seconds(site: LiveSite) -> float:
    began = time.perf_counter()
    site.manage("cleanup_transfers", timeout_s=300)
    return time.perf_counter() - began


def _say(what: str, ms: float) -> None:
    sys.stdout.write(f"{what:60} {ms:13.0f} ms, with the start of its process\n")


if __name__ == "__main__":
    sys.exit(main())
