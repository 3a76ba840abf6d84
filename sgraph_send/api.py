"""The one NinjaAPI: all routers, and the error shape for what the framework itself refuses."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from sgraph_send import __version__, client_manifest
from sgraph_send.http.refusals import refused
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
    openapi_url="/api/openapi.json",
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


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, exc: ValidationError) -> HttpResponse:
    return refused(Invalid("invalid_request", _first_problem(exc.errors)))


@api.exception_handler(HttpError)
def on_framework_error(request: HttpRequest, exc: HttpError) -> HttpResponse:
    return refused(BadRequest("malformed_json", "The body is not JSON."))


def _first_problem(problems: list[dict]) -> str:
    """One sentence that names the member, and never repeats its value."""
    problem = problems[0]
    name = ".".join(str(part) for part in problem["loc"] if part not in ("body", "path"))
    message = problem["msg"][:1].lower() + problem["msg"][1:]
    if problem["type"] == "string_pattern_mismatch":
        message = "it has not the right form"
    return f"{name.removeprefix('body.') or 'The body'}: {message}."
