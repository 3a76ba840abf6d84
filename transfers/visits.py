"""Visits by kind of page, day and referring site: no cookie, no identifier, no third party."""

from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from transfers import figures
from transfers.lagging_counts import LaggingCounts
from transfers.models import PageVisits

REFERRING_SITES_A_DAY_MAX = 200
OTHER_SITES = "(other sites)"


def count_visit(request: HttpRequest, page_kind: str) -> None:
    """Count an opened page; speculative loads of browsers and HEAD are none."""
    if request.method != "GET" or "prefetch" in request.headers.get("Sec-Purpose", ""):
        return
    _visits.add((timezone.now().date(), page_kind, _referring_site(request)))


def flush() -> None:
    """Write what was counted."""
    _visits.flush()


def _referring_site(request: HttpRequest) -> str:
    """The host name alone: paths of other sites are none of our business, and ours hold ids."""
    try:
        host = urlsplit(request.headers.get("Referer", "")).hostname or ""
    except ValueError:
        return ""
    return "" if host in settings.ALLOWED_HOSTS else host[:100]


def _write(sums: dict[tuple[date, str, str], int]) -> None:
    for (day, page, site), amount in sorted(sums.items()):
        if _add(day, page, site, amount):
            continue
        known = PageVisits.objects.filter(day=day).count()
        name = site if not site or known < REFERRING_SITES_A_DAY_MAX else OTHER_SITES
        try:
            with transaction.atomic():
                PageVisits.objects.create(day=day, page=page, referring_site=name, count=amount)
        except IntegrityError:
            _add(day, page, name, amount)
    figures.count(visits=sum(sums.values()))


def _add(day: date, page: str, site: str, amount: int) -> int:
    row = PageVisits.objects.filter(day=day, page=page, referring_site=site)
    return row.update(count=F("count") + amount)


_visits: LaggingCounts[tuple[date, str, str]] = LaggingCounts(_write)
