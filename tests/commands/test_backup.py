"""A backup restored into an empty site opens old links, and undoes no promise."""

import io
import json
import re
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from harness.live_site import LiveSite
from sgraph_send.client.client import Client, SentTransfer
from sgraph_send.client.connection import Connection
from tests.commands.http_calls import call

FILES = [("report.txt", b"as it was sent\n" * 5000), ("folder/empty.txt", b"")]
PASSPHRASE = "seven hills and a river"


def send(site: LiveSite) -> SentTransfer:
    return Client(Connection(site.url)).send(FILES, passphrase=PASSPHRASE)


def received(site: LiveSite, sent: SentTransfer) -> list[tuple[str, bytes]]:
    return Client(Connection(site.url)).receive(sent.transfer_id, sent.secret, PASSPHRASE).files


def members(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as archive:
        return {each.name: archive.extractfile(each).read() for each in archive}


def manage(site: LiveSite, *arguments: str) -> str:
    ended = site.manage(*arguments)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def source(start_site_for_session: Callable[..., LiveSite]) -> LiveSite:
    return start_site_for_session(SGRAPH_SEND__CLEANUP_EVERY_SECONDS="0")


@pytest.fixture(scope="module")
def sent(source: LiveSite) -> SentTransfer:
    sent = send(source)
    received(source, sent)  # which leaves an event with a hashed address, and the day's key
    manage(source, "create_access_token", "Anna")
    return sent


@pytest.fixture(scope="module")
def archive(source: LiveSite, sent: SentTransfer, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("backup") / "site.tar"
    told = manage(source, "backup", str(path))
    assert "1 objects" in told
    assert path.stat().st_mode & 0o777 == 0o600
    return path


def test_an_old_link_opens_in_a_site_made_from_a_backup(
    tmp_path: Path, archive: Path, source: LiveSite, sent: SentTransfer
):
    copy = LiveSite(tmp_path)
    assert "1 objects" in manage(copy, "restore", str(archive))
    copy.start()
    try:
        assert received(copy, sent) == FILES
        assert Client(Connection(copy.url)).delete(sent.transfer_id, sent.owner_token) == "deleted"
        new = send(copy)
        assert received(copy, new) == FILES
    finally:
        copy.stop()
    assert "Anna" in manage(copy, "list_access_tokens")
    # Every entry to the microsecond, and one more that tells of the restore.
    manage(copy, "verify_audit_log")
    with closing(sqlite3.connect(copy.data_folder / "db.sqlite3")) as database:
        last = "SELECT action FROM adminpanel_auditentry ORDER BY number DESC LIMIT 1"
        assert database.execute(last).fetchone() == ("backup_restored",)


@pytest.mark.long
def test_a_site_moves_from_sqlite_and_a_folder_to_postgresql_and_a_bucket(
    tmp_path: Path, archive: Path, sent: SentTransfer, database_url: str, seaweed, bucket_name: str
):
    settings = {
        **seaweed.environment,
        "SGRAPH_SEND__S3_BUCKET": bucket_name,
        "DATABASE_URL": database_url,
    }
    copy = LiveSite(tmp_path, settings)
    manage(copy, "provision_bucket")
    manage(copy, "restore", str(archive))
    copy.start()
    try:
        assert received(copy, sent) == FILES
        assert received(copy, send(copy)) == FILES
    finally:
        copy.stop()
    rows_alone, whole = tmp_path / "rows.tar", tmp_path / "whole.tar"
    manage(copy, "backup", str(rows_alone))
    manage(copy, "backup", str(whole), "--objects", "copy")
    assert not any(name.startswith("objects/") for name in members(rows_alone))
    assert any(name.startswith("objects/") for name in members(whole))
    refused = LiveSite(tmp_path / "other").manage("restore", str(rows_alone))
    assert (refused.returncode, "has no objects" in refused.stderr) == (1, True)


def test_no_key_of_a_day_and_no_session_is_in_a_backup(
    archive: Path, source: LiveSite, sent: SentTransfer
):
    with closing(sqlite3.connect(source.data_folder / "db.sqlite3")) as database:
        for table in ("transfers_addresssalt", "transfers_logkey"):
            (keys,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
            assert keys, table
    names = members(archive)
    assert any(name.startswith("rows/transfers.TransferEvent/") for name in names)
    assert not [name for name in names if re.search("Salt|LogKey|Session", name)]
    secret_key = (source.data_folder / "secret_key").read_bytes()
    assert not any(secret_key in content for content in names.values())


def test_a_transfer_without_its_object_is_named(tmp_path: Path, archive: Path, sent: SentTransfer):
    without, kept = tmp_path / "without.tar", members(archive)
    with tarfile.open(without, "w") as changed:
        for name, content in kept.items():
            if not name.startswith("objects/"):
                member = tarfile.TarInfo(name)
                member.size = len(content)
                changed.addfile(member, io.BytesIO(content))
    told = manage(LiveSite(tmp_path), "restore", str(without))
    assert f"without its object: {sent.transfer_id}" in told


def test_a_backup_that_was_cut_short_or_changed_is_refused(tmp_path: Path, archive: Path):
    whole = archive.read_bytes()
    short, changed = tmp_path / "short.tar", tmp_path / "changed.tar"
    short.write_bytes(whole[: len(whole) // 2])
    changed.write_bytes(whole.replace(b"Anna", b"Nana"))
    for path, sentence in ((short, "cut short"), (changed, "were changed")):
        site = LiveSite(tmp_path / path.stem)
        refused = site.manage("restore", str(path))
        assert (refused.returncode, sentence in refused.stderr) == (1, True), refused.stderr
        assert "Traceback" not in refused.stderr


def test_a_site_in_use_and_another_version_take_no_backup(
    tmp_path: Path, archive: Path, source: LiveSite
):
    refused = source.manage("restore", str(archive))
    assert (refused.returncode, "in use" in refused.stderr) == (1, True)
    about = json.loads(members(archive)["about.json"])
    about["migrations"] = about["migrations"][:-1]
    other = tmp_path / "other.tar"
    with tarfile.open(other, "w") as made:
        content = json.dumps(about).encode()
        member = tarfile.TarInfo("about.json")
        member.size = len(content)
        made.addfile(member, io.BytesIO(content))
    refused = LiveSite(tmp_path).manage("restore", str(other))
    assert (refused.returncode, "tables differ" in refused.stderr) == (1, True)


def test_a_file_that_is_there_is_not_written_over(archive: Path, source: LiveSite):
    before = archive.stat()
    refused = source.manage("backup", str(archive))
    assert (refused.returncode, "exists already" in refused.stderr) == (1, True)
    assert archive.stat().st_mtime_ns == before.st_mtime_ns
    assert call(source, "GET", "/info/health") == {"status": "ok"}
