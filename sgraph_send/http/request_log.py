"""One log line and one count for each request, when its last byte has been handed to the server."""

import re
import secrets
import time
from collections.abc import Callable, Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from sgraph_send.http.error_responses import count_error
from sgraph_send.telemetry.log_addresses import hash_for_log
from sgraph_send.telemetry.logs import begin_request, log_request
from transfers.access.client_address import client_address
from transfers.api.streams import PayloadResponse, limit_waiting
from transfers.models import AccessToken
from transfers.statistics import metrics

STATIC_PREFIX = f"/{settings.STATIC_URL.strip('/')}/"
WITHOUT_BODY = {204, 304}
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
ANSWER_SECONDS = 300


class RequestLogMiddleware:
    """The outermost layer of ours: gives the request its id and the answer its length and its
    timeout, then counts and logs both."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.monotonic()
        request_id = _request_id(request)
        begin_request(request_id)
        response = self.get_response(request)
        response["X-Request-Id"] = request_id
        if not response.streaming and "Content-Length" not in response:
            response["Content-Length"] = str(len(response.content))
        if request.method == "HEAD" and not response.streaming:
            response.content = b""  # gunicorn drops it, but warns of each
        if not isinstance(response, PayloadResponse):
            limit_waiting(request, ANSWER_SECONDS)
        _log_when_sent(request, response, started)
        return response


def _request_id(request: HttpRequest) -> str:
    given = request.headers.get("X-Request-Id", "")
    return given if REQUEST_ID.fullmatch(given) else secrets.token_hex(16)


def _log_when_sent(request: HttpRequest, response: HttpResponse, started: float) -> None:
    """Count and log now, or at the end of a stream. `started` is monotonic, in seconds."""
    count_error(response)
    is_handed_to_server = getattr(response, "file_to_stream", None) is not None
    if isinstance(response, StreamingHttpResponse) and not is_handed_to_server:
        response.streaming_content = _Counted(
            response.streaming_content, lambda sent: _end(request, response, started, sent)
        )
        return
    is_bodiless = request.method == "HEAD" or response.status_code in WITHOUT_BODY
    _end(request, response, started, 0 if is_bodiless else int(response["Content-Length"]))


def route_of(request: HttpRequest) -> str:
    """The pattern that the path matched; static files and what matched nothing are one each."""
    if request.resolver_match:
        return request.resolver_match.route
    return "static" if request.path.startswith(STATIC_PREFIX) else "unmatched"


class _Counted:
    """The chunks of a stream; `on_end` learns how many bytes were taken, whoever ended it."""

    def __init__(self, chunks: Iterator[bytes], on_end: Callable[[int], None]) -> None:
        self._chunks, self._on_end = chunks, on_end
        self._taken_bytes = 0
        self._is_open = True

    def __iter__(self) -> "_Counted":
        return self

    def __next__(self) -> bytes:
        chunk = next(self._chunks)
        self._taken_bytes += len(chunk)
        return chunk

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._on_end(self._taken_bytes)


def _end(request: HttpRequest, response: HttpResponse, started: float, sent_bytes: int) -> None:
    seconds = time.monotonic() - started
    route = route_of(request)
    method = request.method if request.method in metrics.METHODS else "other"
    metrics.request_answered(route, method, response.status_code, seconds)
    log_request(
        request_id=response["X-Request-Id"],
        method=method,
        route=route,
        status=response.status_code,
        duration_ms=round(seconds * 1000, 1),
        bytes_in=int(request.META.get("CONTENT_LENGTH") or 0),
        bytes_out=sent_bytes,
        address=hash_for_log(client_address(request)),
        access_token=_token_prefix(request),
    )


def _token_prefix(request: HttpRequest) -> str:
    token: AccessToken | None = getattr(request, "access_token", None)
    if token is not None:
        return token.prefix
    return "shared" if getattr(request, "auth", None) == "shared" else ""
