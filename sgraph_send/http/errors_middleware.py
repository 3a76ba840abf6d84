"""Whatever fails further in, callers of the API get the one error shape."""

import logging
from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from sgraph_send.http.error_responses import API_PREFIXES, ErrorResponse, error_of_status
from sgraph_send.telemetry.error_reports import where
from sgraph_send.telemetry.logs import request_id
from transfers.api.streams import drain
from transfers.errors import Interrupted, TransferError, Unavailable, store_unavailable
from transfers.stores.base import StoreUnavailable

log = logging.getLogger("sgraph_send.errors")


class ErrorsMiddleware:
    """Turns exceptions and statuses into errors; no cache keeps these, or the API's answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_api, is_error = request.path.startswith(API_PREFIXES), response.status_code >= 400
        if is_api and is_error:
            if not response.get("Content-Type", "").startswith("application/json"):
                allow = response.get("Allow")
                response = ErrorResponse(error_of_status(response.status_code, request_id()))
                if allow:
                    response["Allow"] = allow
            if response.status_code != Interrupted.status:
                drain(request)
        if is_error or (is_api and "Cache-Control" not in response):
            response["Cache-Control"] = "no-store"
        return response

    def process_exception(self, request: HttpRequest, exc: Exception) -> HttpResponse | None:
        if isinstance(exc, TransferError):
            return ErrorResponse(exc)
        if isinstance(exc, StoreUnavailable):
            log.warning("store unavailable", extra={"cause": str(exc)})
            return ErrorResponse(store_unavailable())
        if isinstance(exc, OperationalError):
            log.error(
                "the database failed", extra={"error": type(exc).__name__, "where": where(exc)}
            )
            return ErrorResponse(
                Unavailable(
                    "database_unavailable", "The service is overloaded. Try again in a moment."
                )
            )
        return None
