"""What was begun with each access token, by the day: for the operators' dashboard alone.

Limits are held by the sums in the token's own row.
"""

from datetime import date, datetime

from django.db import connection
from django.db.models import F, Sum

from transfers.models import TokenUse

_ADD = (
    "INSERT INTO transfers_tokenuse (access_token_id, day, transfer_count, total_bytes) "
    "VALUES (%s, %s, 1, %s) ON CONFLICT (access_token_id, day) DO UPDATE SET "
    "transfer_count = transfers_tokenuse.transfer_count + 1, "
    "total_bytes = transfers_tokenuse.total_bytes + excluded.total_bytes"
)


def add(access_token_id: int, moment: datetime, size_bytes: int) -> None:
    """Count a transfer that begins: in the transaction that counts it on its token."""
    day = connection.ops.adapt_datefield_value(moment.date())
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [access_token_id, day, size_bytes])


def take_back(access_token_id: int, moment: datetime, size_bytes: int) -> None:
    """Undo `add` of that day."""
    TokenUse.objects.filter(access_token=access_token_id, day=moment.date()).update(
        transfer_count=F("transfer_count") - 1, total_bytes=F("total_bytes") - size_bytes
    )


def most_used(since: date, count: int) -> list[tuple[int, int, int]]:
    """Token, transfers and bytes from that day on, the most transfers first."""
    used = TokenUse.objects.filter(day__gte=since, transfer_count__gt=0).order_by()
    sums = used.values_list("access_token").annotate(
        transfers=Sum("transfer_count"), size=Sum("total_bytes")
    )
    return list(sums.order_by("-transfers", "-size", "access_token")[:count])


def forget_before(day: date) -> None:
    TokenUse.objects.filter(day__lt=day).delete()
