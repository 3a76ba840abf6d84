"""The one NinjaAPI: all routers, its OpenAPI document, and errors of the framework in our shape."""

import hashlib
import json
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from sgraph_send import __version__, client_manifest
from sgraph_send.http.error_responses import ErrorResponse
from sgraph_send.telemetry import health
from transfers.api import (
    config,
    downloads,
    ownership,
    raw,
    reports,
    transparency,
    uploads,
    waitlist,
)
from transfers.api.strict_json import StrictParser
from transfers.errors import BadRequest, Invalid

api = NinjaAPI(
    title="SGraph Send",
    version=__version__,
    docs_url=None,
    openapi_url=None,
    parser=StrictParser(),
)
if settings.ROLE != "admin":
    for router in (uploads.router, downloads.router, ownership.router, raw.router, reports.router):
        api.add_router("/transfers", router)
    api.add_router("/transfers", transparency.router)
if settings.ROLE != "admin":
    api.add_router("/info", client_manifest.router)
    api.add_router("/info", waitlist.router)
for router in (config.router, health.router):
    api.add_router("/info", router)


@cache
def openapi_document() -> bytes:
    """The OpenAPI document as JSON. Making it takes 0.2 s of CPU, so a process does it once."""
    return json.dumps(api.get_openapi_schema(), default=str).encode()


@cache
def _openapi_etag() -> str:
    return f'"{hashlib.sha256(openapi_document()).hexdigest()[:32]}"'


@require_safe
def show_openapi_document(request: HttpRequest) -> HttpResponse:
    """Answers 304 to whoever has this document already."""
    headers = {"ETag": _openapi_etag(), "Cache-Control": "no-cache"}
    response = HttpResponse(
        openapi_document(), content_type="application/json; charset=utf-8", headers=headers
    )
    return get_conditional_response(request, headers["ETag"], response=response) or response


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, exc: ValidationError) -> HttpResponse:
    return ErrorResponse(Invalid("invalid_request", _first_problem(exc.errors)))


@api.exception_handler(HttpError)
def on_framework_error(request: HttpRequest, exc: HttpError) -> HttpResponse:
    return ErrorResponse(BadRequest("malformed_json", "The body is not JSON."))


def _first_problem(problems: list[dict[str, Any]]) -> str:
    """One sentence that names the member, and never repeats its value."""
    problem = problems[0]
    name = ".".join(str(part) for part in problem["loc"] if part not in ("body", "path"))
    message = problem["msg"][:1].lower() + problem["msg"][1:]
    if problem["type"] == "string_pattern_mismatch":
        message = "it has not the right form"
    return f"{name.removeprefix('body.') or 'The body'}: {message}."
