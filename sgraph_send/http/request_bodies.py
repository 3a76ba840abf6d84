"""Bodies of requests: how long they may be, and read whole before a view is called."""

import re
from collections.abc import Callable
from contextlib import nullcontext

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError

from sgraph_send.http.error_responses import error_response
from transfers import limits
from transfers.api.streams import client_socket, interrupted, slot_for_coming
from transfers.deadlines import clear_deadline, set_deadline
from transfers.errors import TooLarge, Unavailable

BODY_SECONDS = 15
SLOWEST_BYTES_PER_SECOND = 32 * 2**10
STREAMED = re.compile(r"/transfers/(upload/[^/]+|local/.*)")


class RequestBodiesMiddleware:
    """Refuses bodies that are too long or too slow; those of STREAMED paths are the views' own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return _oversized(request) or _unread(request) or self.get_response(request)


def _oversized(request: HttpRequest) -> HttpResponse | None:
    if not request.path.startswith("/transfers/") or STREAMED.fullmatch(request.path):
        return None
    allowed_bytes = limits.JSON_BODY_MAX_BYTES
    if request.path.startswith("/transfers/complete/"):
        allowed_bytes = limits.MANIFEST_BODY_MAX_BYTES
    if int(request.META.get("CONTENT_LENGTH") or 0) <= allowed_bytes:
        return None
    return error_response(_body_too_large(allowed_bytes))


def _unread(request: HttpRequest) -> HttpResponse | None:
    """Read a body before anything else, so that a slow one holds neither row nor store; one that is
    not short needs a place as stored bytes do, because it comes before anybody knows from whom."""
    client = client_socket(request)
    length_bytes = int(request.META.get("CONTENT_LENGTH") or 0)
    if not length_bytes or STREAMED.fullmatch(request.path):
        clear_deadline(client)
        return None
    is_short = length_bytes <= limits.JSON_BODY_MAX_BYTES
    set_deadline(client, BODY_SECONDS + length_bytes / SLOWEST_BYTES_PER_SECOND)
    try:
        with nullcontext() if is_short else slot_for_coming(request):
            if len(request.body) < length_bytes:
                return error_response(interrupted())
    except Unavailable as exc:
        return error_response(exc)
    except UnreadablePostError:
        return error_response(interrupted())
    except RequestDataTooBig:
        return error_response(_body_too_large(limits.MANIFEST_BODY_MAX_BYTES))
    finally:
        clear_deadline(client)
    return None


def _body_too_large(allowed_bytes: int) -> TooLarge:
    return TooLarge("body_too_large", f"This request may have {allowed_bytes} bytes at most.")
