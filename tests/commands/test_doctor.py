"""The doctor finds each thing that was broken, and nothing on a site that is well."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from harness.live_site import ROOT, LiveSite
from harness.redis_server import Redis
from harness.seaweed import SeaweedS3
from harness.waiting import wait_until
from sgraph_send.doctor import components
from sgraph_send.doctor.diagnosis import Deployment, Result
from transfers.maintenance import probes
from transfers.models import Gauge

TOKEN = "let-me-see"


@pytest.fixture(autouse=True)
def fresh_probes() -> Iterator[None]:
    probes.forget()
    yield
    probes.forget()


def deployment(url: str = "http://127.0.0.1:1", free_bytes_min: int = 0) -> Deployment:
    return Deployment(url, free_bytes_min, TOKEN)


def examined(site: LiveSite, *arguments: str, **changes: str) -> tuple[int, dict[str, dict]]:
    """Exit code and each check by its name, with the site's own settings but for `changes`."""
    done = subprocess.run(
        [sys.executable, "manage.py", "doctor", "--json", "--free-gib", "0", *arguments],
        cwd=ROOT,
        env={**site.environment, **changes},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.startswith("{"), done.stderr
    return done.returncode, {one["check"]: one for one in json.loads(done.stdout)["checks"]}


def not_ok(checks: dict[str, dict]) -> dict[str, str]:
    return {name: one["result"] for name, one in checks.items() if one["result"] != "ok"}


def comes_to(site: LiveSite, expected: dict[str, str], **changes: str) -> dict[str, dict]:
    """All checks, once these are the ones that are not ok: what a busy machine answers after two
    seconds counts as away."""

    def as_expected() -> dict[str, dict] | None:
        code, checks = examined(site, **changes)
        assert code == int("fail" in not_ok(checks).values())
        return checks if not_ok(checks) == expected else None

    return wait_until(as_expected, f"a finding of {expected}", timeout_s=90)


def test_a_site_that_is_well_passes_and_a_stopped_one_does_not(start_site):
    site: LiveSite = start_site(
        SGRAPH_SEND__METRICS_TOKEN=TOKEN, SGRAPH_SEND__CLEANUP_EVERY_SECONDS="60"
    )
    comes_to(site, {})
    done = wait_until(
        lambda: ended if (ended := site.manage("doctor", "--free-gib", "0")).returncode == 0 else 0,
        "a table without a failure",
        timeout_s=90,
    )
    rows = done.stdout.splitlines()[1:]
    assert len(rows) == 14
    assert all(row.split()[1] == "ok" for row in rows), done.stdout

    site.stop()
    broken = {"site", "headers", "forwarding", "bodies", "clock"}
    checks = comes_to(site, dict.fromkeys(broken, "fail"))
    assert all(checks[name]["mend"] for name in broken)


def test_on_shared_parts_each_broken_one_is_found(
    start_site, own_seaweed: SeaweedS3, database_url: str, tmp_path: Path
):
    counters, others = Redis(_made(tmp_path / "ours")), Redis(_made(tmp_path / "others"))
    counters.start()
    others.start()
    site: LiveSite = start_site(
        **own_seaweed.environment,
        SGRAPH_SEND__S3_BUCKET="doctored",
        SGRAPH_SEND__METRICS_TOKEN=TOKEN,
        SGRAPH_SEND__CLEANUP_EVERY_SECONDS="60",
        SGRAPH_SEND__PROCESSES="2",
        DATABASE_URL=database_url,
        REDIS_URL=counters.url,
    )
    try:
        comes_to(site, {})
        comes_to(site, {"counters": "fail"}, REDIS_URL=others.url)
        comes_to(site, {"cache": "fail", "counters": "fail"}, REDIS_URL="")

        _allow(own_seaweed, ["https://other.example"])
        checks = comes_to(site, {"bucket-cors": "fail"})
        assert f"PUT from {site.url}" in checks["bucket-cors"]["found"]
        _allow(own_seaweed, ["*"])
        comes_to(site, {"bucket-cors": "warn"})
        assert site.manage("provision_bucket").returncode == 0

        with psycopg.connect(database_url, autocommit=True) as operator:
            operator.execute("DELETE FROM django_migrations WHERE app = 'transfers'")
        comes_to(site, {"migrations": "fail"})
        counters.stop()
        own_seaweed.stop()
        found = not_ok(examined(site)[1])
        assert found.keys() >= {"cache", "store", "bucket-cors", "counters"}
    finally:
        counters.stop()
        others.stop()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _allow(seaweed: SeaweedS3, origins: list[str]) -> None:
    rule = {
        "AllowedOrigins": origins,
        "AllowedMethods": ["GET", "PUT"],
        "AllowedHeaders": ["content-type", "range"],
    }
    seaweed.client().put_bucket_cors(Bucket="doctored", CORSConfiguration={"CORSRules": [rule]})


@pytest.mark.django_db(transaction=True)
def test_cleanup_that_never_ran_stopped_or_lags_is_found():
    def found(**gauges: float) -> Result:
        for name, value in gauges.items():
            Gauge.objects.update_or_create(
                name=name, defaults={"value": value, "measured_at": timezone.now()}
            )
        probes.forget()
        return components.cleanup(deployment()).result

    assert found() is Result.FAIL
    assert found(cleanup_last_success=time.time()) is Result.OK
    assert found(deletion_lag_seconds=7200) is Result.WARN
    assert found(cleanup_last_success=time.time() - 3600) is Result.FAIL


@pytest.mark.django_db(transaction=True)
def test_an_unapplied_migration_is_named():
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name, applied FROM django_migrations WHERE app = 'transfers'")
        last = max(cursor.fetchall(), key=lambda row: row[1])
        assert components.migrations(deployment()).result is Result.OK
        cursor.execute("DELETE FROM django_migrations WHERE app = %s AND name = %s", last[:2])
        try:
            probes.forget()
            finding = components.migrations(deployment())
        finally:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", last
            )
    assert (finding.result, f"transfers.{last[1]}" in finding.found) == (Result.FAIL, True)


def test_a_full_disk_is_found_by_what_the_operator_wants_free(settings):
    free = os.statvfs(settings.DATA_DIR).f_bavail * os.statvfs(settings.DATA_DIR).f_frsize
    assert components.disk(deployment(free_bytes_min=free // 2)).result is Result.OK
    assert components.disk(deployment(free_bytes_min=free * 2)).result is Result.WARN
    assert components.disk(deployment(free_bytes_min=free * 10)).result is Result.FAIL
