"""How PostgreSQL finds what cleanup looks for among many transfers of which nothing is due."""

from django.utils import timezone

from harness.scale import rows
from transfers.models import Transfer

TRANSFERS = 20_000


def test_cleanup_reads_neither_all_transfers_nor_all_leases(on_postgres: str):
    rows.fill(on_postgres, "bucket", TRANSFERS)
    now = timezone.now()
    expired = Transfer.objects.expired(now).order_by().explain()
    exhausted = Transfer.objects.exhausted(now).order_by().explain()
    for plan in (expired, exhausted):
        assert "Seq Scan on transfers_transfer" not in plan, plan
        assert "Seq Scan on transfers_lease" not in plan, plan
    assert "transfer_used_up" in exhausted, exhausted
