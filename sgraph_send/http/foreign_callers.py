"""Requests for another host name, and requests that pages of other sites cause.

CORS keeps such a page from reading our answers and from sending our headers. A POST of plain text
it may send to anybody: it would begin uploads and file reports, each from its visitor's address.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

from sgraph_send.http.error_responses import API_PREFIXES, ErrorResponse
from transfers.errors import BadRequest

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
SAME_SITE = {"same-origin", "none"}


class ForeignCallersMiddleware:
    """Refuses both before anything is read or done."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_for_this_host(request):
            message = "This service is not known under that host name."
            return ErrorResponse(BadRequest("host_not_allowed", message))
        if _is_cross_site(request):
            message = "Pages of that origin may not call this service."
            return ErrorResponse(BadRequest("origin_not_allowed", message))
        return self.get_response(request)


def _is_for_this_host(request: HttpRequest) -> bool:
    """A foreign Host means DNS rebinding or a wrong proxy. Health checks may use any, and so may
    callers of /metrics with a token, which a page of another site cannot send."""
    if request.path == "/info/health" or (
        request.path == "/metrics" and "Authorization" in request.headers
    ):
        return True
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


def _is_cross_site(request: HttpRequest) -> bool:
    """Whether a page of an origin that is neither ours nor configured wants to change something.

    Programs send neither header, and prove themselves by secrets as always.
    """
    if request.method in SAFE_METHODS or not request.path.startswith(API_PREFIXES):
        return False
    origin = request.headers.get("Origin")
    if origin in settings.CORS_ALLOWED_ORIGINS:
        return False
    if site := request.headers.get("Sec-Fetch-Site"):
        return site not in SAME_SITE
    return origin is not None and _host_of(origin) != request.get_host()


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""
