"""Rows of the first release mean the same after all migrations, on both databases."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import environ
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from tests.actors import ENVELOPE, Sender, code_of, get, random_secret
from tests.conftest import connected_to
from transfers.maintenance import cleanup
from transfers.models import AbuseReport, Lease, Transfer
from transfers.stores import current_store
from transfers.tokens import decode_b64u, new_transfer_id

FIRST = "0001_transfers_and_leases"
BEFORE_CLOSED_REPORTS_FORGOT = "0005_use_of_tokens_by_the_day"
BEFORE_ROWS_KNEW_OF_DOWNLOADS = "0008_indexes_of_what_cleanup_looks_for"
OPTIONS_OF = {"sqlite": {}, "postgresql": {"OPTIONS": {}}}


@pytest.fixture(params=list(OPTIONS_OF))
def empty_database(request, tmp_path, transactional_db) -> Iterator[None]:
    url = f"sqlite:///{tmp_path / 'first.sqlite3'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("database_url")
    with connected_to(environ.Env.db_url_config(url) | OPTIONS_OF[request.param]):
        yield


def models_as_of(migration: str) -> SimpleNamespace:
    """Bring the empty database to where it was; the models of that time."""
    executor = MigrationExecutor(connection)
    state = executor.migrate([("transfers", migration)])
    return SimpleNamespace(
        **{model.__name__: model for model in state.apps.get_app_config("transfers").get_models()}
    )


def bring_up_to_date() -> None:
    call_command("migrate", verbosity=0)


def hash_of(secret: str) -> bytes:
    return hashlib.sha256(decode_b64u(secret)).digest()


class FirstRelease:
    """Transfers as the first release wrote them: their rows in its columns, their bytes stored."""

    def __init__(self, models: SimpleNamespace) -> None:
        self.models, self.store, self.now = models, current_store(), timezone.now()

    def begun(self, sender: Sender, **columns: object) -> object:
        """A row without bytes."""
        sender.transfer_id = new_transfer_id()
        sealed = {
            "kind": "sealed",
            "file_size_bytes": len(sender.payload) - 56,
            "payload_bytes": len(sender.payload),
            "part_bytes": sender.part_bytes,
            "envelope": ENVELOPE,
            "link_proof_hash": hash_of(sender.link_proof),
            "proof_hash": hash_of(sender.proof),
            "owner_token_hash": hash_of(sender.owner_token),
            "multipart_id": self.store.begin(sender.transfer_id),
            "store": self.store.kind,
            "bucket": self.store.bucket,
            "expires_in_seconds": 86400,
            "max_downloads": 5,
            "expires_at": self.now + timedelta(days=1),
        }
        return self.models.Transfer.objects.create(
            id=sender.transfer_id, **sealed | {"state": "pending"} | columns
        )

    def uploaded(self, sender: Sender, **columns: object) -> object:
        row = self.begun(sender, **columns)
        whole = iter([sender.payload])
        upload = (row.id, row.multipart_id)
        self.store.write_part(*upload, 0, whole, len(sender.payload), lambda: True)
        return row

    def completed(self, sender: Sender, **columns: object) -> object:
        finished = {"state": "completed", "completed_at": self.now - timedelta(hours=1)}
        row = self.uploaded(sender, **finished | columns)
        upload = (row.id, row.multipart_id)
        self.store.complete(*upload, self.store.list_parts(*upload))
        if row.kind == "sealed":
            self.models.SealedManifest.objects.create(transfer=row, sealed=sender.sealed_manifest)
        return row

    def downloading(self, sender: Sender, lease_token: str, **columns: object) -> object:
        row = self.completed(sender, download_count=1, **columns)
        self.models.Lease.objects.create(
            transfer=row,
            token_hash=hash_of(lease_token),
            expires_at=self.now + timedelta(hours=12),
        )
        return row

    def ended(self, sender: Sender, reason: str, days_ago: int) -> object:
        at = self.now - timedelta(days=days_ago)
        gone = {"state": "deleted", "reason": reason, "closed_at": at, "deleted_at": at}
        row = self.begun(sender, envelope="", link_proof_hash=b"", proof_hash=b"", **gone)
        self.store.abort_all(row.id)
        return row


@pytest.fixture
def first_release(empty_database) -> FirstRelease:
    return FirstRelease(models_as_of(FIRST))


def test_transfers_of_the_first_release_are_fetched_managed_and_cleaned(first_release):
    fetched, used_up, expired, stuck = Sender(), Sender(), Sender(), Sender()
    lease_token = random_secret()
    first_release.downloading(fetched, lease_token)
    first_release.completed(used_up, max_downloads=1, download_count=1)
    first_release.completed(expired, expires_at=first_release.now - timedelta(minutes=1))
    closed = {"state": "deleting", "reason": "owner", "closed_at": first_release.now}
    first_release.completed(stuck, **closed)

    bring_up_to_date()

    recipient = fetched.recipient()
    recipient.lease_token = lease_token
    assert recipient.manifest().status_code == 200
    assert recipient.download() == fetched.payload
    another = fetched.recipient()
    assert another.download() == fetched.payload
    managed = fetched.manage().json()
    assert (managed["state"], managed["download_count"]) == ("completed", 2)
    assert [download["live"] for download in managed["downloads"]] == [True, True]
    assert fetched.change(max_downloads=9).json()["max_downloads"] == 9
    assert code_of(used_up.recipient().lease()) == (410, "transfer_exhausted")
    assert code_of(expired.recipient().lease()) == (410, "transfer_expired")

    assert cleanup.run().failed == 0
    left = set(Transfer.objects.filter(state="completed").values_list("pk", flat=True))
    assert left == {fetched.transfer_id}
    for sender in (used_up, expired, stuck):
        assert first_release.store.is_absent(sender.transfer_id)
        assert sender.manage().json()["receipt"]["verified"]
    assert fetched.delete().json()["state"] == "deleted"
    assert first_release.store.is_absent(fetched.transfer_id)
    assert not Lease.objects.exists()


def test_cleanup_spares_a_download_that_began_before_rows_knew_of_downloads(empty_database):
    earlier = FirstRelease(models_as_of(BEFORE_ROWS_KNEW_OF_DOWNLOADS))
    fetched, used_up, lease_token = Sender(), Sender(), random_secret()
    earlier.downloading(fetched, lease_token, max_downloads=1)
    earlier.completed(used_up, max_downloads=1, download_count=1)

    bring_up_to_date()

    assert cleanup.run().deleted == 1
    assert earlier.store.is_absent(used_up.transfer_id)
    recipient = fetched.recipient()
    recipient.lease_token = lease_token
    assert recipient.download() == fetched.payload


def test_an_upload_that_the_first_release_began_goes_on_and_one_it_lost_is_cleaned(first_release):
    going_on, lost = Sender(), Sender()
    first_release.uploaded(going_on)
    long_ago = first_release.now - timedelta(days=2)
    first_release.uploaded(lost, touched_at=long_ago, created_at=long_ago)

    bring_up_to_date()

    assert cleanup.run().closed["abandoned"] == 1
    assert first_release.store.is_absent(lost.transfer_id)
    assert [part["index"] for part in going_on.list_parts().json()["parts"]] == [0]
    assert going_on.complete().status_code == 200
    assert going_on.recipient().download() == going_on.payload


def test_what_the_first_release_deleted_or_took_raw_answers_as_before(first_release):
    deleted, expired, forgotten, raw = Sender(), Sender(), Sender(), Sender()
    first_release.ended(deleted, "owner", days_ago=1)
    first_release.ended(expired, "expired", days_ago=29)
    first_release.ended(forgotten, "expired", days_ago=31)
    unsealed = {"envelope": "", "link_proof_hash": b"", "proof_hash": b"", "owner_token_hash": b""}
    first_release.completed(raw, kind="raw", max_downloads=None, **unsealed)

    bring_up_to_date()

    assert code_of(deleted.recipient().info()) == (404, "transfer_not_found")
    assert code_of(expired.recipient().info()) == (410, "transfer_expired")
    assert code_of(forgotten.recipient().info()) == (404, "transfer_not_found")
    answer = get(f"/transfers/download/{raw.transfer_id}")
    assert (answer.status_code, answer.getvalue()) == (200, raw.payload)
    assert cleanup.run().forgotten == 1
    assert Transfer.objects.get(pk=raw.transfer_id).download_count == 1


def test_reports_closed_before_closing_erased_forget_contact_and_key(empty_database):
    models = models_as_of(BEFORE_CLOSED_REPORTS_FORGOT)
    private = {"contact": "me@example.org", "disclosed_key": "k" * 43, "words": "It is a trap."}
    for state in ("open", "dismissed", "taken_down"):
        models.AbuseReport.objects.create(
            transfer_id="t" * 22, reason="malware", state=state, **private
        )

    bring_up_to_date()

    kept = AbuseReport.objects.values_list("state", "contact", "disclosed_key", "words")
    assert set(kept) == {
        ("open", *private.values()),
        ("dismissed", "", "", "It is a trap."),
        ("taken_down", "", "", "It is a trap."),
    }
