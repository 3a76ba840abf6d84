"""Bodies of requests: how long they may be, and short ones read before a view is called."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, UnreadablePostError

from sgraph_send.http.error_responses import ErrorResponse
from transfers import limits
from transfers.api.streams import interrupted, limit_waiting
from transfers.errors import TooLarge

BODY_SECONDS = 15
STREAMED = re.compile(r"/transfers/(upload/[^/]+|local/.*)")


class RequestBodiesMiddleware:
    """Refuses bodies that are too long or too slow; those of STREAMED paths are the views' own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return _oversized(request) or _unread(request) or self.get_response(request)


def _oversized(request: HttpRequest) -> HttpResponse | None:
    if STREAMED.fullmatch(request.path):
        return None
    allowed_bytes = limits.JSON_BODY_MAX_BYTES
    if request.path.startswith("/transfers/complete/"):
        allowed_bytes = limits.MANIFEST_BODY_MAX_BYTES
    if int(request.META.get("CONTENT_LENGTH") or 0) <= allowed_bytes:
        return None
    too_large = f"This request may have {allowed_bytes} bytes at most."
    return ErrorResponse(TooLarge("body_too_large", too_large))


def _unread(request: HttpRequest) -> HttpResponse | None:
    """Read a short body before anything else, so that a slow one holds neither row nor store.

    A larger one is read by its view, once that knows who sends it.
    """
    length_bytes = int(request.META.get("CONTENT_LENGTH") or 0)
    is_left_to_view = length_bytes > limits.JSON_BODY_MAX_BYTES or STREAMED.fullmatch(request.path)
    if not length_bytes or is_left_to_view:
        return None
    limit_waiting(request, BODY_SECONDS)
    try:
        if len(request.body) < length_bytes:
            return ErrorResponse(interrupted())
    except UnreadablePostError:
        return ErrorResponse(interrupted())
    finally:
        limit_waiting(request, None)
    return None
