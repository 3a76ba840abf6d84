"""The site as an operator starts it."""

import http.client
import os
import signal
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import psycopg
import pytest
from django.core.checks import run_checks

from harness.live_site import LiveSite
from harness.ports import accepts
from harness.waiting import wait_until
from sgraph_send.database_setup import ADVISORY_LOCK
from sgraph_send.server.cleanup_process import PROCESS_NAME
from tests.actors import Sender, hash_of, random_secret
from tests.commands.http_calls import call
from transfers.tokens import encode_b64u


def test_cleanup_runs_beside_the_server(start_site):
    site = start_site(SGRAPH_SEND__CLEANUP_EVERY_SECONDS="1")
    body = {"file_size_bytes": 1, "expires_in_seconds": 1}
    transfer_id = call(site, "POST", "/transfers/create", body)["transfer_id"]
    with urllib.request.urlopen(f"{site.url}/transfers/upload/{transfer_id}", b"x", timeout=30):
        pass
    # Looked at before it is complete, from when on its second runs.
    store = site.data_folder / "store"
    assert list(store.rglob("00000"))
    call(site, "POST", f"/transfers/complete/{transfer_id}")

    wait_until(lambda: not list(store.rglob("00000")), "deletion of the expired transfer")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_ends_the_server_and_its_cleanup_without_a_trace(start_site, number):
    site = start_site(SGRAPH_SEND__CLEANUP_EVERY_SECONDS="60")
    group = site.process.pid
    wait_until(lambda: len(cleanups(site)) == 1, "cleanup")
    assert f"Ciphertext goes to: local, {site.data_folder / 'store'}\n" in site.log

    os.kill(group, number)

    wait_until(lambda: cleanups(site) == [], "the end of cleanup")
    assert "Traceback" not in site.log


def test_who_is_told_to_end_takes_no_new_calls_and_finishes_those_that_run(start_site):
    site = start_site()
    created = call(site, "POST", "/transfers/create", {"file_size_bytes": 2_000_000})
    path = f"/transfers/upload/{created['transfer_id']}"
    port = int(site.url.rpartition(":")[2])
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as upload:
        upload.putrequest("POST", path)
        upload.putheader("Content-Length", "2000000")
        upload.endheaders(b"x" * 1_000_000)
        wait_until(lambda: list((site.data_folder / "store").rglob(".0*")), "its first bytes")

        os.kill(site.process.pid, signal.SIGTERM)
        wait_until(lambda: not accepts(port), "no new calls being taken")
        upload.send(b"x" * 1_000_000)

        assert upload.getresponse().status == 200
    wait_until(lambda: site.process.returncode is not None, "its end")
    assert site.process.returncode == 0
    assert "Traceback" not in site.log


def cleanups(site: LiveSite) -> list[int]:
    """Cleanup processes of this site, by its data folder in their environment."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and (entry / "comm").read_text().strip() == PROCESS_NAME:
                environment = (entry / "environ").read_bytes()
                found += [int(entry.name)] * (str(site.data_folder).encode() in environment)
    return found


def test_a_killed_cleanup_is_followed_by_another(start_site):
    site = start_site(SGRAPH_SEND__CLEANUP_EVERY_SECONDS="60")
    for _ in range(2):
        (running,) = wait_until(lambda: cleanups(site), "cleanup")
        os.kill(running, signal.SIGKILL)
        wait_until(lambda old=running: set(cleanups(site)) - {old}, "another cleanup")


def test_cleanup_does_not_outlive_a_killed_server(start_site):
    site = start_site(SGRAPH_SEND__CLEANUP_EVERY_SECONDS="60")
    wait_until(lambda: len(cleanups(site)) == 1, "cleanup")
    site.kill()
    wait_until(lambda: cleanups(site) == [], "the end of cleanup", timeout_s=60)


@pytest.mark.parametrize(
    ("host", "proxies", "is_warned"),
    [
        ("0.0.0.0", [], True),  # noqa: S104
        ("0.0.0.0", ["10.0.0.1"], False),  # noqa: S104
        ("send.example", [], True),
        ("::1", [], False),
        ("localhost", [], False),
    ],
)
def test_a_server_that_others_reach_without_a_proxy_is_warned_of(
    settings, host: str, proxies: list[str], is_warned: bool
):
    settings.SERVE_HOST, settings.TRUSTED_PROXIES = host, proxies
    found = {message.id for message in run_checks(tags=["serve"], include_deployment_checks=True)}
    assert ("sgraph_send.W004" in found) == is_warned


def test_the_secret_key_is_made_once_and_for_its_owner_alone(start_site):
    site = start_site()
    key = site.data_folder / "secret_key"
    first = key.read_text()
    assert len(first) >= 50
    assert key.stat().st_mode & 0o777 == 0o600
    site.stop()
    site.start()
    assert key.read_text() == first


def test_it_refuses_to_start_while_live_transfers_lie_in_another_store(start_site, seaweed):
    site = start_site()
    body = Sender().creation(owner_token_hash=hash_of(random_secret()))
    call(site, "POST", "/transfers/create", body)
    site.stop()
    site.environment |= seaweed.environment | {
        "SGRAPH_SEND__STORE": "s3",
        "SGRAPH_SEND__S3_BUCKET": "another",
    }

    refused = site.manage("serve")

    assert refused.returncode != 0
    assert "In another store: 1 transfer (local " in refused.stderr
    assert "Traceback" not in refused.stderr


def test_it_refuses_to_start_without_the_local_store_it_had(start_site):
    site = start_site()
    site.stop()
    folder = site.data_folder / "store"
    folder.rename(site.data_folder / "not mounted")

    refused = site.manage("serve")

    assert refused.returncode != 0
    assert f"{folder} holds no store" in refused.stderr
    assert f"delete {folder}.id" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not folder.exists()


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("SGRAPH_SEND__STORE", "floppy", "must be one of auto, local, s3"),
        ("SGRAPH_SEND__UPLOAD_ACCESS", "maybe", "must be one of token, open"),
        ("SGRAPH_SEND__ROLE", "king", "must be one of user, admin, all"),
        ("SGRAPH_SEND__MAX_TRANSFER_BYTES", "100GB", "must be a whole number"),
        ("SGRAPH_SEND__MAX_TRANSFER_BYTES", "-1", "must lie in"),
        ("SGRAPH_SEND__DEFAULT_EXPIRY_SECONDS", "99999999", "longer than"),
        ("PORT", "http", "must be a whole number"),
        ("SGRAPH_SEND__PUBLIC_URL", "http://send.example", "https:// or http://localhost"),
        ("SGRAPH_SEND__PUBLIC_URL", "send.example", "must be an origin"),
        ("SGRAPH_SEND__S3_ENDPOINT_URL", "s3.example", "must look like"),
        ("SGRAPH_SEND__PROCESSES", "2", "sgraph_send.E001"),
        ("SGRAPH_SEND__STATIC_DIR", "/", "sgraph_send.E003"),
        ("SGRAPH_SEND__ROLE", "user", "sgraph_send.E002"),
        ("DATABASE_URL", "mysql://x/y", "DATABASE_URL must begin with"),
    ],
)
def test_wrong_settings_stop_it_with_a_sentence(tmp_path, setting, value, sentence):
    site = LiveSite(tmp_path)
    if sentence.endswith("E002"):
        del site.environment["SGRAPH_SEND__PUBLIC_URL"]
    site.environment[setting] = value

    refused = site.manage("serve")

    assert refused.returncode != 0
    assert sentence in refused.stderr
    assert "Traceback" not in refused.stderr


def test_secrets_may_come_from_files(tmp_path):
    site = LiveSite(tmp_path, {"SGRAPH_SEND__UPLOAD_ACCESS": "token"})
    site.manage("migrate", "--verbosity", "0")
    assert "transfers.W001" in site.manage("check", "--database", "default").stderr
    (tmp_path / "token").write_text(encode_b64u(b"a token in a file") + "\n")
    site.environment["SGRAPH_SEND__ACCESS_TOKEN_FILE"] = str(tmp_path / "token")
    assert "transfers.W001" not in site.manage("check", "--database", "default").stderr
    site.start()
    try:
        given = {"x-sgraph-access-token": encode_b64u(b"a token in a file")}
        assert call(site, "POST", "/transfers/create", {"file_size_bytes": 1}, **given)
    finally:
        site.stop()


def test_transfers_work_on_postgresql_with_several_processes(
    start_site, database_url, redis_server
):
    site = start_site(
        DATABASE_URL=database_url,
        REDIS_URL=redis_server.url,
        SGRAPH_SEND__PROCESSES="2",
        SGRAPH_SEND__RATES="off",
    )

    def size_comes_back(size: int) -> bool:
        created = call(site, "POST", "/transfers/create", {"file_size_bytes": size})
        info = call(site, "GET", f"/transfers/info/{created['transfer_id']}")
        return info["file_size_bytes"] == size

    # At once, because workers that shared a connection would read each other's answers.
    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(size_comes_back, range(200)))


def test_first_starts_at_once_find_one_database_made_ready(start_site, database_url, redis_server):
    settings = {"DATABASE_URL": database_url, "REDIS_URL": redis_server.url}

    # A site ends with the thread that started it, so the pool is left last.
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda _: start_site(**settings), range(2))

        created = call(one, "POST", "/transfers/create", {"file_size_bytes": 7})
        info = call(other, "GET", f"/transfers/info/{created['transfer_id']}")
        assert info["file_size_bytes"] == 7
        assert "Traceback" not in one.log + other.log


def test_who_starts_while_the_database_is_made_ready_waits(start_site, database_url, redis_server):
    settings = {"DATABASE_URL": database_url, "REDIS_URL": redis_server.url}
    with ThreadPoolExecutor(1) as pool, psycopg.connect(database_url, autocommit=True) as watcher:
        watcher.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
        starting = pool.submit(start_site, **settings)
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        wait_until(lambda: watcher.execute(waiting).fetchone()[0], "a process that waits")
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert watcher.execute(tables).fetchone() == (0,)

        watcher.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])

        assert starting.result().is_running
        assert watcher.execute(tables).fetchone() > (10,)


def test_static_files_are_laid_out_anew_only_when_their_sources_changed(start_site, tmp_path):
    site = start_site(SGRAPH_SEND__STATIC_DIR=str(tmp_path / "static"))
    manifest = tmp_path / "static" / "staticfiles.json"
    first = manifest.stat().st_mtime_ns
    site.stop()

    site.start()
    assert manifest.stat().st_mtime_ns == first
    site.stop()

    (tmp_path / "static" / "sources.json").write_text("as older sources would leave it")
    site.start()
    assert manifest.stat().st_mtime_ns > first
