"""Around every answer: request id, size cap, one error shape, security headers, one log line."""

import logging
import re
import secrets
import socket
import time
from collections.abc import Callable
from contextlib import nullcontext

from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError

from sgraph_send.http.foreign_pages import is_of_a_foreign_page
from sgraph_send.http.refusals import API_PREFIXES, of_status, refused
from sgraph_send.http.request_record import record
from sgraph_send.http.security_headers import add_security_headers
from sgraph_send.telemetry.error_reports import where
from sgraph_send.telemetry.logs import begin_request
from transfers import limits
from transfers.api.streams import (
    PayloadResponse,
    client_socket,
    drain,
    interrupted,
    slot_for_coming,
)
from transfers.deadlines import clear_deadline, set_deadline
from transfers.errors import BadRequest, TooLarge, TransferError, Unavailable, store_unavailable
from transfers.stores.base import StoreUnavailable

log = logging.getLogger("sgraph_send.errors")
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
BODY_SECONDS = 15
ANSWER_SECONDS = 300
SLOWEST_BYTES_PER_SECOND = 32 * 2**10
STREAMED = re.compile(r"/transfers/(upload/[^/]+|local/.*)")


class AnswerMiddleware:
    """The outermost layer; what is inside may fail in any way and still answers well."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.monotonic()
        request.id = _request_id(request)
        begin_request(request.id)
        is_api = request.path.startswith(API_PREFIXES)
        response = (
            _misdirected(request)
            or _of_a_foreign_page(request)
            or _oversized(request)
            or _unread(request)
            or self.get_response(request)
        )
        is_json = response.get("Content-Type", "").startswith("application/json")
        if is_api and response.status_code >= 400 and not is_json:
            allow = response.get("Allow")
            response = refused(of_status(response.status_code, request.id))
            if allow:
                response["Allow"] = allow
        if is_api and response.status_code >= 400:
            drain(request)
        response["X-Request-Id"] = request.id
        if not response.streaming and "Content-Length" not in response:
            response["Content-Length"] = str(len(response.content))
        if request.method == "HEAD" and not response.streaming:
            response.content = b""  # gunicorn drops it, but warns of each
        if is_api or response.status_code >= 400:
            response["Cache-Control"] = "no-store"
        add_security_headers(request, response)
        if not isinstance(response, PayloadResponse):
            set_deadline(client_socket(request), ANSWER_SECONDS, socket.SHUT_RDWR)
        record(request, response, started)
        return response

    def process_exception(self, request: HttpRequest, exc: Exception) -> HttpResponse | None:
        if isinstance(exc, TransferError):
            return refused(exc)
        if isinstance(exc, StoreUnavailable):
            log.warning("store unavailable", extra={"cause": str(exc)})
            return refused(store_unavailable())
        if isinstance(exc, OperationalError):
            log.error(
                "the database failed", extra={"error": type(exc).__name__, "where": where(exc)}
            )
            return refused(
                Unavailable(
                    "database_unavailable", "The service is overloaded. Try again in a moment."
                )
            )
        return None


def _request_id(request: HttpRequest) -> str:
    given = request.headers.get("X-Request-Id", "")
    return given if REQUEST_ID.fullmatch(given) else secrets.token_hex(16)


def _misdirected(request: HttpRequest) -> HttpResponse | None:
    """A foreign Host means DNS rebinding or a wrong proxy; probes of the process and whoever brings
    a token, which no page of a foreign site can, may use any."""
    if request.path == "/info/health" or (
        request.path == "/metrics" and "Authorization" in request.headers
    ):
        return None
    try:
        request.get_host()
    except DisallowedHost:
        return refused(
            BadRequest("host_not_allowed", "This service is not known under that host name.")
        )
    return None


def _of_a_foreign_page(request: HttpRequest) -> HttpResponse | None:
    if not is_of_a_foreign_page(request):
        return None
    return refused(
        BadRequest("origin_not_allowed", "Pages of that origin may not call this service.")
    )


def _oversized(request: HttpRequest) -> HttpResponse | None:
    if not request.path.startswith("/transfers/") or STREAMED.fullmatch(request.path):
        return None
    allowed_bytes = limits.JSON_BODY_MAX_BYTES
    if request.path.startswith("/transfers/complete/"):
        allowed_bytes = limits.MANIFEST_BODY_MAX_BYTES
    if int(request.META.get("CONTENT_LENGTH") or 0) <= allowed_bytes:
        return None
    return refused(_body_too_large(allowed_bytes))


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
                return refused(interrupted())
    except Unavailable as exc:
        return refused(exc)
    except UnreadablePostError:
        return refused(interrupted())
    except RequestDataTooBig:
        return refused(_body_too_large(limits.MANIFEST_BODY_MAX_BYTES))
    finally:
        clear_deadline(client)
    return None


def _body_too_large(allowed_bytes: int) -> TooLarge:
    return TooLarge("body_too_large", f"This request may have {allowed_bytes} bytes at most.")
