"""reconcile_store: what lies in the store without a row, and rows whose object is not there."""

import io
import os
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from adminpanel.models import AuditEntry
from tests.actors import MIB, Sender
from transfers.maintenance import gauges, reconciliation
from transfers.models import State, Transfer
from transfers.stores import current_store
from transfers.stores.base import StoreUnavailable
from transfers.tokens import new_transfer_id

pytestmark = pytest.mark.django_db


def reconcile(*options: str) -> str:
    out = io.StringIO()
    call_command("reconcile_store", *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def an_hour_later(monkeypatch):
    """What the store holds is old enough to be judged; nobody can set the age of an S3 object."""
    monkeypatch.setattr(reconciliation, "SETTLED_AFTER", timedelta(seconds=-60))


def put_stray(store) -> str:
    """A finished object and an unfinished upload that no row knows of."""
    transfer_id = new_transfer_id()
    upload_id = store.begin(transfer_id)
    store.write_part(transfer_id, upload_id, 0, iter([b"stray"]), 5, lambda: True)
    store.complete(transfer_id, upload_id, store.list_parts(transfer_id, upload_id))
    return transfer_id


def test_a_store_that_agrees_is_told_to_agree(store, an_hour_later):
    sent, unfinished = Sender().send(), Sender(payload=os.urandom(6 * MIB))
    unfinished.create()
    unfinished.upload(0)
    Sender().send().delete()

    assert reconcile().startswith("1 objects (102 B), 1 unfinished uploads; 0 orphans, 0 missing.")
    found = gauges.read()
    assert (found["orphan_objects"], found["missing_objects"]) == (0, 0)
    assert (found["store_objects"], found["store_bytes"]) == (1, len(sent.payload))
    assert abs(found["reconciled_at"] - timezone.now().timestamp()) < 60


def test_strays_are_named_and_deleted_when_asked(store, an_hour_later):
    kept, stray, begun = Sender().send(), put_stray(store), new_transfer_id()
    store.begin(begun)

    said = reconcile()
    assert "2 orphans" in said
    assert stray in said
    assert begun in said
    assert kept.transfer_id not in said
    assert gauges.read()["orphan_objects"] == 2
    assert not store.is_absent(stray)

    assert "Deleted: 2." in reconcile("--delete-orphans")
    assert store.is_absent(stray)
    assert store.is_absent(begun)
    assert kept.recipient().download() == kept.payload
    assert gauges.read()["orphan_objects"] == 0
    assert AuditEntry.objects.get(action="orphans_deleted").details == {"orphans": 2}


def test_the_gauge_tells_how_many_orphans_were_left(an_hour_later):
    settled, unsettled = Sender().send(), Sender().send()
    Transfer.objects.update(state=State.DELETED)
    found = reconciliation.compare()
    assert len(found.orphans) == 2
    # Its deletion has begun anew since: that row answers for its bytes, and cleanup ends them.
    Transfer.objects.filter(pk=unsettled.transfer_id).update(state=State.DELETING)

    assert reconciliation.delete_orphans(found.orphans) == 1

    assert current_store().is_absent(settled.transfer_id)
    assert not current_store().is_absent(unsettled.transfer_id)
    assert gauges.read()["orphan_objects"] == 1


def test_the_gauge_tells_what_is_left_when_the_store_fails_on_the_way(an_hour_later, monkeypatch):
    for _ in range(3):
        Sender().send()
    Transfer.objects.update(state=State.DELETED)
    found = reconciliation.compare()
    store, deleted = current_store(), []
    delete = store.delete

    def delete_one(transfer_id: str) -> None:
        if deleted:
            raise StoreUnavailable("away")
        deleted.append(transfer_id)
        delete(transfer_id)

    monkeypatch.setattr(store, "delete", delete_one)
    with pytest.raises(StoreUnavailable):
        reconciliation.delete_orphans(found.orphans)
    assert gauges.read()["orphan_objects"] == 2


def test_what_a_deletion_left_behind_is_an_orphan(store, an_hour_later):
    sender = Sender().send()
    Transfer.objects.update(state=State.DELETED)
    assert f"orphan {sender.transfer_id}" in reconcile()


def test_fresh_objects_are_not_judged_yet(store):
    put_stray(store)
    assert "0 orphans" in reconcile()


def test_a_completed_transfer_without_its_object_is_missing(store, an_hour_later):
    lost, kept = Sender().send(), Sender().send()
    store.delete(lost.transfer_id)
    said = reconcile()
    assert "0 orphans, 1 missing" in said
    assert f"missing {lost.transfer_id}" in said
    assert kept.transfer_id not in said
    assert gauges.read()["missing_objects"] == 1


def test_a_store_of_another_database_is_not_emptied(store, an_hour_later):
    strays = [put_stray(store) for _ in range(reconciliation.FEW + 1)]
    with pytest.raises(CommandError, match="--even-most"):
        reconcile("--delete-orphans")
    assert not any(store.is_absent(stray) for stray in strays)
    reconcile("--delete-orphans", "--even-most")
    assert all(store.is_absent(stray) for stray in strays)


def test_it_is_due_once_a_day_or_never(settings):
    now = timezone.now()
    assert reconciliation.is_due(now)
    gauges.write(reconciled_at=now.timestamp())
    assert not reconciliation.is_due(now + timedelta(hours=23))
    assert reconciliation.is_due(now + timedelta(hours=24))
    settings.RECONCILE_EVERY_SECONDS = 0
    assert not reconciliation.is_due(now + timedelta(days=9))


def test_a_store_that_is_away_changes_no_gauge(settings, tmp_path):
    Sender().send()
    reconcile()
    (settings.LOCAL_STORE_DIR / "objects").rename(tmp_path / "away")
    gauges.write(orphan_objects=7)
    with pytest.raises(CommandError, match="does not answer"):
        reconcile()
    assert gauges.read()["orphan_objects"] == 7
