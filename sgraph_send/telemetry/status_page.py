"""Whether this site works, as a page for people; `/info/ready` is for programs."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from sgraph_send.telemetry.health import why_not_ready
from transfers.maintenance import probes
from transfers.pages import STATUS_PAGES, rendered


@require_safe
def status_page(request: HttpRequest) -> HttpResponse:
    """200 or 503, without reasons, also for operators.

    Not one of PAGES: no visit is counted and no browser keeps it.
    """
    kind, status = (
        ("status-unavailable", 503) if why_not_ready(probes.found()) else ("status-ok", 200)
    )
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    return HttpResponse(rendered(STATUS_PAGES[kind]), status=status, headers=headers)
