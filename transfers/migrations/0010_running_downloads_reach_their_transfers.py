from django.db import migrations
from django.db.models import OuterRef, Subquery
from django.utils import timezone

ROWS_AT_ONCE = 500


def carry_over(apps, schema_editor) -> None:
    """`leased_until` of transfers whose downloads began before there was that column."""
    alias = schema_editor.connection.alias
    transfers = apps.get_model("transfers", "Transfer").objects.using(alias)
    leases = apps.get_model("transfers", "Lease").objects.using(alias)
    live = leases.filter(finished_at=None, expires_at__gt=timezone.now())
    of_transfer = live.filter(transfer=OuterRef("pk")).order_by("-expires_at")
    leased = list(live.order_by("transfer_id").values_list("transfer_id", flat=True).distinct())
    for start in range(0, len(leased), ROWS_AT_ONCE):
        lot = transfers.filter(pk__in=leased[start : start + ROWS_AT_ONCE], leased_until=None)
        lot.update(leased_until=Subquery(of_transfer.values("expires_at")[:1]))


class Migration(migrations.Migration):
    # Apart from 0009, whose lock of the whole table ends with it; and each lot of rows by itself,
    # so that a download waits for 500 rows at most. Run again, it goes on where it ended.
    atomic = False

    dependencies = [
        ("transfers", "0009_transfers_know_until_when_they_are_downloaded"),
    ]

    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop),
    ]
