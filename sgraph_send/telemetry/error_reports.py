"""Unhandled errors: a line in the log, a count, and a report to Sentry if it is set up.

A report says which exception, where in the code, on which route, under which request id. It says
nothing that a visitor sent or that a variable held: docs/decisions/0071.
"""

import logging
import traceback
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

from sgraph_send import __version__
from sgraph_send.telemetry.logs import request_id
from transfers.statistics import metrics

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

log = logging.getLogger("sgraph_send.errors")
FRAMES_MAX = 12
EVENT_MEMBERS = ("event_id", "level", "platform", "release", "environment", "timestamp", "tags")
FRAME_MEMBERS = ("filename", "abs_path", "module", "function", "lineno", "in_app")


def start() -> None:
    """Prepare Sentry when SGRAPH_SEND__SENTRY_DSN is set; raises ImproperlyConfigured without its
    library or for a DSN that is none."""
    if not settings.SENTRY_DSN:
        return
    try:
        import sentry_sdk
        from sentry_sdk.utils import BadDsn
    except ImportError:
        raise ImproperlyConfigured(
            "SGRAPH_SEND__SENTRY_DSN needs pip install -r requirements/telemetry.txt."
        ) from None
    try:
        sentry_sdk.init(
            dsn=settings.SENTRY_DSN,
            release=__version__,
            environment=settings.ENVIRONMENT,
            default_integrations=False,
            auto_enabling_integrations=False,
            include_local_variables=False,
            include_source_context=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            auto_session_tracking=False,
            send_client_reports=False,
            server_name="sgraph-send",
            before_send=scrubbed,
        )
    except BadDsn:
        raise ImproperlyConfigured("SGRAPH_SEND__SENTRY_DSN is not a Sentry DSN.") from None


def report(request: HttpRequest, failure: BaseException) -> None:
    """Tell everyone whom it concerns; never raises."""
    metrics.error_unhandled()
    log.error("unhandled error", extra={"error": type(failure).__name__, "where": where(failure)})
    if not settings.SENTRY_DSN:
        return
    import sentry_sdk

    with sentry_sdk.new_scope() as scope:
        match = request.resolver_match
        scope.set_tag("request_id", request_id())
        scope.set_tag("route", match.route if match else "")
        scope.set_tag("method", request.method if request.method in metrics.METHODS else "other")
        sentry_sdk.capture_exception(failure)


def where(failure: BaseException) -> list[str]:
    """File, line and function of each frame; the message is left out, it may hold user data."""
    frames = traceback.extract_tb(failure.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-FRAMES_MAX:]]


def scrubbed(event: "Event", hint: "Hint") -> "Event":
    """A new event of what is known to be harmless; whatever else a library adds stays here."""
    chain = event.get("exception", {}).get("values", [])
    kept: Event = {name: event[name] for name in EVENT_MEMBERS if name in event}  # type: ignore[assignment, literal-required]
    kept["exception"] = {
        "values": [
            {
                "type": each.get("type"),
                "module": each.get("module"),
                "stacktrace": {"frames": [_harmless(frame) for frame in _frames(each)]},
            }
            for each in chain
        ]
    }
    return kept


def _frames(exception: dict[str, Any]) -> list[dict[str, Any]]:
    frames: list[dict[str, Any]] = (exception.get("stacktrace") or {}).get("frames", [])
    return frames


def _harmless(frame: dict[str, Any]) -> dict[str, Any]:
    return {name: frame[name] for name in FRAME_MEMBERS if name in frame}
