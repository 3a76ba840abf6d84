"""The first page of the panel: the state of the service, from hourly totals and gauges alone.

No query here grows with the number of transfers (docs/decisions/0081).
"""

from collections import Counter
from datetime import date, datetime

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone

from adminpanel.audit_text import action_text
from adminpanel.dashboard_charts import (
    DEFAULT_SPAN,
    SPANS,
    Amounts,
    bytes_out_label,
    charts_of,
    points_of,
    total_of,
)
from adminpanel.dashboard_health import ago_text, conditions
from adminpanel.models import AuditEntry
from transfers.access import access_tokens, token_use
from transfers.amounts import bytes_text
from transfers.maintenance import gauges
from transfers.models import AbuseReport, AccessToken, PageVisits
from transfers.statistics import costs, hourly

TOKENS_SHOWN = 8
SITES_SHOWN = 8
ENTRIES_SHOWN = 6
LAG_SECONDS_MAX = 900
PERMISSION = "transfers.view_transfer"

Fact = tuple[str, str, str]  # label, value, and "bad" or ""


def context_of(request: HttpRequest) -> dict[str, object]:
    """The context of the template; empty for operators who may not see transfers."""
    if not request.user.has_perm(PERMISSION):
        return {}
    hourly.flush()  # counts of this process; those of others may be some seconds behind
    now = timezone.now()
    span = SPANS.get(request.GET.get("span", ""), SPANS[DEFAULT_SPAN])
    points, measured = points_of(span), gauges.read()
    total, charts = total_of(points), charts_of(span, points)
    return {
        "span": span,
        "spans": SPANS.values(),
        "conditions": conditions(measured, now),
        "now_facts": _current(measured),
        "span_facts": _totals(total),
        "charts": charts,
        "chart_data": [chart["data"] for chart in charts],
        "store_facts": _store_against_database(measured, now),
        "cost": _cost(measured),
        **_in_detail(request.user, now, min(points).date()),
    }


def _current(measured: dict[str, float]) -> list[Fact]:
    """As the last cleanup pass measured it; reports are counted now."""
    stuck, lag = _count(measured, "transfers_stuck"), measured.get("deletion_lag_seconds", 0)
    under_way = _count(measured, "transfers_pending") + _count(measured, "transfers_completing")
    reports = AbuseReport.objects.filter(state=AbuseReport.State.OPEN).count()
    return [
        ("Transfers kept", f"{_count(measured, 'transfers_completed'):,}", ""),
        ("Bytes stored", bytes_text(_count(measured, "bytes_stored")), ""),
        ("Uploads under way", f"{under_way:,}", ""),
        ("Being deleted", f"{_count(measured, 'transfers_deleting'):,}", ""),
        ("Stuck", f"{stuck:,}", "bad" if stuck else ""),
        ("Deletion lag", ago_text(lag), "bad" if lag > LAG_SECONDS_MAX else ""),
        ("Reports open", f"{reports:,}", "bad" if reports else ""),
    ]


def _totals(total: Amounts) -> list[tuple[str, list[Fact]]]:
    def counts(**labels: str) -> list[Fact]:
        return [(label, f"{total[name]:,}", "") for name, label in labels.items()]

    def sizes(**labels: str) -> list[Fact]:
        return [(label, bytes_text(total[name]), "") for name, label in labels.items()]

    return [
        (
            "Transfers",
            counts(
                transfers_created="Begun",
                transfers_completed="Completed",
                downloads="Downloads",
                downloads_finished="of them finished",
            ),
        ),
        (
            "Ended",
            counts(
                transfers_expired="Expired",
                transfers_exhausted="Used up",
                transfers_deleted="Deleted by their sender",
                transfers_taken_down="Taken down",
                transfers_failed="Given up or failed",
            ),
        ),
        (
            "Refused",
            counts(
                refused_limit="Rate limits",
                refused_guess="Too many guesses",
                refused_token="Access tokens",  # noqa: S106  a label
                refused_proof="Keys and passphrases",
                reports_filed="Reports filed",
            ),
        ),
        (
            "Bytes",
            sizes(
                bytes_created="In",
                bytes_out=bytes_out_label().capitalize(),
                bytes_erased="Erased",
            ),
        ),
    ]


def _store_against_database(measured: dict[str, float], now: datetime) -> list[Fact]:
    """Empty before the first comparison."""
    if "reconciled_at" not in measured:
        return []
    orphans, missing = _count(measured, "orphan_objects"), _count(measured, "missing_objects")
    return [
        ("Objects in the store", f"{_count(measured, 'store_objects'):,}", ""),
        ("Their bytes", bytes_text(_count(measured, "store_bytes")), ""),
        ("Orphans", f"{orphans:,}", "bad" if orphans else ""),
        ("Missing", f"{missing:,}", "bad" if missing else ""),
        ("Compared", f"{ago_text(now.timestamp() - measured['reconciled_at'])} ago", ""),
    ]


def _cost(measured: dict[str, float]) -> dict[str, object]:
    dollars = measured.get("estimated_monthly_dollars")
    passed = [limit for limit in settings.COST_THRESHOLDS if dollars and dollars >= limit]
    return {
        "dollars": None if dollars is None else f"${dollars:,.2f}",
        "is_priced": costs.is_priced(),
        "thresholds": [(f"${limit:,.15g}", limit in passed) for limit in settings.COST_THRESHOLDS],
        "passed": bool(passed),
    }


def _in_detail(operator: User | AnonymousUser, now: datetime, since: date) -> dict[str, object]:
    """Parts that need a permission of their own."""
    shown: dict[str, object] = {"pages": [], "sites": []}
    if operator.has_perm("transfers.view_pagevisits"):
        shown |= _visits(since)
    if operator.has_perm("transfers.view_accesstoken"):
        used = token_use.most_used(since, TOKENS_SHOWN)
        rows = AccessToken.objects.select_related("issued_by").in_bulk([pk for pk, _, _ in used])
        shown["tokens"] = [
            {
                "row": rows[pk],
                "state": access_tokens.state_of(rows[pk], now).label,
                "transfers": f"{transfers:,}",
                "bytes": bytes_text(size_bytes),
            }
            for pk, transfers, size_bytes in used
            if pk in rows
        ]
        shown["since"] = since
    if operator.has_perm("adminpanel.view_auditentry"):
        shown["entries"] = [
            (entry, action_text(entry.action))
            for entry in AuditEntry.objects.order_by("-number")[:ENTRIES_SHOWN]
        ]
    return shown


def _visits(since: date) -> dict[str, list[tuple[str, int]]]:
    pages: Counter[str] = Counter()
    sites: Counter[str] = Counter()
    visits = PageVisits.objects.filter(day__gte=since).order_by()
    for page, site, count in visits.values_list("page", "referring_site").annotate(Sum("count")):
        pages[page] += count
        sites[site or "none, or not told"] += count
    return {"pages": pages.most_common(SITES_SHOWN), "sites": sites.most_common(SITES_SHOWN)}


def _count(measured: dict[str, float], name: str) -> int:
    return int(measured.get(name, 0))
