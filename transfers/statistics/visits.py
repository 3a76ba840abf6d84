"""Visits by kind of page, day and referring site: no cookie, no identifier, no third party."""

from collections import Counter
from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone

from transfers.models import PageVisits
from transfers.statistics import hourly
from transfers.statistics.write_behind import WriteBehindCounter

REFERRING_SITES_A_DAY_MAX = 200
OTHER_SITES = "(other sites)"
_ADD = (
    "INSERT INTO transfers_pagevisits (day, page, referring_site, count) VALUES {rows} "
    "ON CONFLICT (day, page, referring_site) "
    "DO UPDATE SET count = transfers_pagevisits.count + excluded.count"
)


def count_visit(request: HttpRequest, page_kind: str) -> None:
    """Count an opened page; speculative loads of browsers and HEAD are none."""
    if request.method != "GET" or "prefetch" in request.headers.get("Sec-Purpose", ""):
        return
    _visits.add((timezone.now().date(), page_kind, _referring_site(request)))


def flush() -> None:
    """Write what was counted."""
    _visits.flush()


def forget_before(day: date) -> None:
    PageVisits.objects.filter(day__lt=day).delete()


def _referring_site(request: HttpRequest) -> str:
    """The host name alone: paths of other sites are none of our business, and ours hold ids."""
    try:
        host = urlsplit(request.headers.get("Referer", "")).hostname or ""
    except ValueError:
        return ""
    return "" if host in settings.ALLOWED_HOSTS else host[:100]


def _write(sums: dict[tuple[date, str, str], int]) -> None:
    """By one statement and in one order: processes that write at once neither lock each other out
    nor work through every name that a stranger made up."""
    rows = [
        value
        for (day, page, site), amount in sorted(_within_bounds(sums).items())
        for value in (connection.ops.adapt_datefield_value(day), page, site, amount)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_ADD.format(rows=", ".join(["(%s, %s, %s, %s)"] * (len(rows) // 4))), rows)
    hourly.count(visits=sum(sums.values()))


def _within_bounds(sums: dict[tuple[date, str, str], int]) -> Counter[tuple[date, str, str]]:
    """The same sums, sites beyond the most that a day may have under one name."""
    known: dict[date, set[tuple[str, str]]] = {}
    bounded: Counter[tuple[date, str, str]] = Counter()
    for (day, page, site), amount in sorted(sums.items()):
        if day not in known:
            of_day = PageVisits.objects.filter(day=day)
            known[day] = set(of_day.values_list("page", "referring_site"))
        is_new = (page, site) not in known[day]
        is_full = is_new and len(known[day]) >= REFERRING_SITES_A_DAY_MAX
        name = OTHER_SITES if site and is_full else site
        known[day].add((page, name))
        bounded[day, page, name] += amount
    return bounded


_visits: WriteBehindCounter[tuple[date, str, str]] = WriteBehindCounter(_write)
