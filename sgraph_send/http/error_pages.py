"""Django's error handlers: a page for people, the one error shape for callers of the API."""

import sys
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from sgraph_send.http.error_responses import API_PREFIXES, ErrorResponse, error_of_status
from sgraph_send.telemetry import error_reports
from sgraph_send.telemetry.logs import request_id
from transfers.pages import rendered

# The page is rendered once; an id is of letters, digits and ._- alone.
REQUEST_ID_PLACE = b"REQUEST-ID"


def _handler(status: int) -> Callable[..., HttpResponse]:
    def answer(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
        if request.path.startswith(API_PREFIXES):
            return ErrorResponse(error_of_status(status, request_id()))
        return HttpResponse(rendered(f"{status}.html"), status=status)

    return answer


bad_request = _handler(400)
permission_denied = _handler(403)
not_found = _handler(404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Every unhandled error passes here. The answer shows the request id, which is in the log."""
    failure = sys.exception()
    if failure is not None:
        error_reports.report(request, failure)
    if request.path.startswith(API_PREFIXES):
        return ErrorResponse(error_of_status(500, request_id()))
    page = rendered("500.html").replace(REQUEST_ID_PLACE, request_id().encode())
    return HttpResponse(page, status=500)
