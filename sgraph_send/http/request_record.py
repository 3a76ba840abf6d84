"""What is counted and logged of every request: once, when its last byte has been handed over."""

import time
from collections.abc import Callable, Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from sgraph_send.http.refusals import count_refusal
from sgraph_send.telemetry.log_addresses import hash_for_log
from sgraph_send.telemetry.logs import log_request
from transfers.access.client_address import client_address
from transfers.statistics import metrics

STATIC_PREFIX = f"/{settings.STATIC_URL.strip('/')}/"
WITHOUT_BODY = {204, 304}


def record(request: HttpRequest, response: HttpResponse, started: float) -> None:
    """Count and log this answer, now or at the end of its stream; `started` is monotonic."""
    count_refusal(response)
    is_handed_to_server = getattr(response, "file_to_stream", None) is not None
    if response.streaming and not is_handed_to_server:
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
    metrics.request_answered(route, request.method, response.status_code, seconds)
    log_request(
        request_id=request.id,
        method=request.method if request.method in metrics.METHODS else "other",
        route=route,
        status=response.status_code,
        duration_ms=round(seconds * 1000, 1),
        bytes_in=int(request.META.get("CONTENT_LENGTH") or 0),
        bytes_out=sent_bytes,
        address=hash_for_log(client_address(request)),
        access_token=_token_prefix(request),
    )


def _token_prefix(request: HttpRequest) -> str:
    token = getattr(request, "access_token", None)
    if token is not None:
        return token.prefix
    return "shared" if getattr(request, "auth", None) == "shared" else ""
