from collections.abc import Callable
from datetime import datetime

from django.core.management.base import BaseCommand
from django.utils import timezone

from transfers.access import access_tokens
from transfers.amounts import bytes_text
from transfers.models import AccessToken

HEADINGS = ("prefix", "state", "transfers", "bytes", "last used", "expires", "name")


class Command(BaseCommand):
    help = "List the access tokens: prefix, state, usage of the limits, times, name."

    def handle(self, *args: object, **options: object) -> None:
        now = timezone.now()
        tokens = AccessToken.objects.select_related("issued_by")
        rows = [HEADINGS] + [
            (
                token.prefix,
                access_tokens.state_of(token, now).label,
                _of(str(token.transfer_count), token.max_transfers),
                _of(bytes_text(token.total_bytes), token.max_total_bytes, bytes_text),
                _day(token.last_used_at),
                _day(token.expires_at),
                token.name,
            )
            for token in tokens
        ]
        widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS) - 1)]
        for row in rows:
            cells = [text.ljust(width) for text, width in zip(row, widths, strict=False)]
            self.stdout.write("  ".join([*cells, row[-1]]))


def _of(used: str, limit: int | None, formatted: Callable[[int], str] = str) -> str:
    return used if limit is None else f"{used} of {formatted(limit)}"


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "-"
