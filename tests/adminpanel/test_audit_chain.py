"""The audit log shows every alteration of itself."""

import io
import threading
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from adminpanel import audit
from adminpanel.models import AuditEntry
from transfers.models import Gauge

pytestmark = pytest.mark.django_db


def verify(*options: str) -> str:
    out = io.StringIO()
    call_command("verify_audit_log", *options, stdout=out)
    return out.getvalue()


def broken(*options: str) -> str:
    with pytest.raises(CommandError) as failure:
        verify(*options)
    assert failure.value.returncode == 1
    return str(failure.value)


@pytest.fixture
def five_entries() -> None:
    for number in range(1, 6):
        audit.record(None, "tried", f"thing {number}", number=number)


@pytest.mark.usefixtures("five_entries")
class TestAChainShows:
    def test_that_nothing_was_altered(self):
        assert verify().startswith("5 entries, none altered. Head: 5:")

    @pytest.mark.parametrize(
        "change",
        [
            {"operator": "somebody else"},
            {"action": "nothing"},
            {"target": "thing 9"},
            {"details": {"number": 9}},
            {"entry_hash": bytes(32)},
            {"previous_hash": bytes(32)},
        ],
    )
    def test_a_changed_entry(self, change):
        AuditEntry.objects.filter(number=3).update(**change)
        assert "broken at entry 3" in broken()

    def test_a_changed_time(self):
        entry = AuditEntry.objects.get(number=3)
        AuditEntry.objects.filter(number=3).update(at=entry.at + timedelta(microseconds=1))
        assert "broken at entry 3: it was changed" in broken()

    def test_an_entry_that_was_changed_with_its_hash(self):
        entry = AuditEntry.objects.get(number=3)
        entry.target = "thing 9"
        entry.entry_hash = audit.hash_of(entry)
        entry.save()
        assert "broken at entry 4: it does not follow" in broken()

    def test_a_removed_entry(self):
        AuditEntry.objects.filter(number=2).delete()
        assert "broken at entry 2: it is missing" in broken()

    def test_entries_in_another_order(self):
        AuditEntry.objects.filter(number=2).update(number=99)
        AuditEntry.objects.filter(number=3).update(number=2)
        AuditEntry.objects.filter(number=99).update(number=3)
        assert "broken at entry 2" in broken()

    def test_an_inserted_entry(self):
        for number in (5, 4, 3):
            AuditEntry.objects.filter(number=number).update(number=number + 1)
        copy = AuditEntry.objects.get(number=2)
        copy.number = 3
        copy.save(force_insert=True)
        assert "broken at entry 3" in broken()

    def test_an_end_that_was_cut_off(self):
        AuditEntry.objects.filter(number__gt=3).delete()
        assert "broken at entry 4: it was cut off" in broken()

    def test_an_end_that_was_cut_off_with_its_counter_to_whoever_kept_a_head(self):
        head = verify().strip().rsplit(" ", 1)[1]
        assert verify("--expect-head", head)
        AuditEntry.objects.filter(number__gt=3).delete()
        Gauge.objects.filter(name=audit.NUMBER_GAUGE).update(value=3)
        assert verify()
        assert "broken at entry 4: it was cut off" in broken("--expect-head", head)

    def test_a_chain_that_was_made_anew_to_whoever_kept_a_head(self):
        head = verify().strip().rsplit(" ", 1)[1]
        AuditEntry.objects.all().delete()
        for number in range(5):
            audit.record(None, "made up", str(number))
        assert verify()
        assert "broken at entry 5: it is not the entry" in broken("--expect-head", head)

    def test_a_head_that_is_none(self):
        with pytest.raises(CommandError, match="NUMBER:HASH"):
            verify("--expect-head", "5:abc")


def test_an_empty_log_is_whole():
    assert verify().startswith("0 entries")


def test_what_failed_is_not_told():
    from django.db import transaction

    with transaction.atomic():
        audit.record(None, "tried")
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()
    audit.record(None, "done")
    assert verify().startswith("1 entries")


@pytest.mark.usefixtures("on_postgres")
def test_parallel_writers_on_postgresql_leave_no_gap():
    write_in_parallel()


@pytest.mark.django_db(transaction=True)
def test_parallel_writers_on_sqlite_leave_no_gap():
    write_in_parallel()


def write_in_parallel() -> None:
    barrier, failures = threading.Barrier(6), []

    def write(writer: int) -> None:
        try:
            barrier.wait(timeout=30)
            for _ in range(10):
                audit.record(None, "wrote", f"writer {writer}")
        except Exception as exc:
            failures.append(exc)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[writer]) for writer in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    assert verify().startswith("60 entries, none altered")
