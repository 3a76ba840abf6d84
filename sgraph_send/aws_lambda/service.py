"""The WSGI application as a Lambda function: one event in, one response out.

Lambda runs one request at a time, freezes the process in between and may never thaw it, so that
nothing may be left to threads or for later.
"""

import logging
import os
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from asgiref.wsgi import WsgiToAsgi
from django.core.exceptions import ImproperlyConfigured
from mangum import Mangum
from mangum.handlers import LambdaAtEdge
from mangum.types import LambdaContext, Response

from sgraph_send.aws_lambda import events, stored_secrets
from transfers.errors import TooLarge, TransferError

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]
# Lambda takes responses of 6 MiB; headers and the JSON around the body need some of that.
RESPONSE_BYTES_MAX = 6 * 2**20 - 64 * 2**10


class CloudFrontHandler(LambdaAtEdge):
    """Keeps every cookie, of which Mangum's own handler keeps the last, and adds the member by
    which CloudFront recognises base64."""

    def __call__(self, response: Response) -> dict[str, Any]:
        answer = super().__call__(response)
        cookies = [value.decode() for name, value in response["headers"] if name == b"set-cookie"]
        if cookies:
            answer["headers"]["set-cookie"] = [
                {"key": "set-cookie", "value": cookie} for cookie in cookies
            ]
        encoding = "base64" if answer["isBase64Encoded"] else "text"
        return {**answer, "bodyEncoding": encoding}


def handler_of(role: str) -> Handler:
    """The handler of one of the two services, `user` or `admin`; raises ImproperlyConfigured."""
    prepare(role)
    from django.conf import settings

    from sgraph_send.configuration import env
    from sgraph_send.wsgi import application

    # Django would import them at the first request; Lambda gives the start more processor time.
    import_module(settings.ROOT_URLCONF)
    from sgraph_send.telemetry import log_addresses  # its models need the application

    log_addresses.start(keep_reading=False)
    origin_secret = env.str("SGRAPH_SEND__ORIGIN_SECRET", default="")
    if not origin_secret or not settings.PUBLIC_ORIGINS:
        raise ImproperlyConfigured(
            "A function behind CloudFront needs SGRAPH_SEND__ORIGIN_SECRET (or its _ARN) and "
            "SGRAPH_SEND__PUBLIC_URL."
        )
    host = settings.PUBLIC_ORIGINS[0].split("://")[1]
    asgi = WsgiToAsgi(flush_after_response(application))  # type: ignore[no-untyped-call]
    adapter = Mangum(asgi, lifespan="off", custom_handlers=[CloudFrontHandler])

    def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        try:
            answer = adapter(events.from_viewer(event, origin_secret, host), context)
            _require_fit(answer)
        except TransferError as exc:
            return events.refusal(event, exc)
        return answer

    return handler


def prepare(role: str) -> None:
    """Fetch the secrets, then load the settings.

    Raises ImproperlyConfigured unless store and database are elsewhere than in files.
    """
    os.environ["SGRAPH_SEND__ROLE"] = role
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sgraph_send.settings")
    stored_secrets.fetch(os.environ)
    from django.conf import settings

    if settings.STORE != "s3" or not settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        raise ImproperlyConfigured(
            "Lambda keeps no files: set SGRAPH_SEND__STORE=s3 and a DATABASE_URL of PostgreSQL."
        )
    logging.captureWarnings(True)


def flush_after_response(application: "WSGIApplication") -> "WSGIApplication":
    """The same WSGI application, which writes statistics and closes connections before it
    returns."""
    from django.db import connections

    from transfers.statistics import hourly, visits

    def call(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(
            status: str, headers: list[tuple[str, str]], exc_info: "OptExcInfo | None" = None, /
        ) -> Callable[[bytes], object]:
            # Django's cookies begin with a space, which servers strip and Mangum would keep.
            return start_response(
                status, [(name, text.strip()) for name, text in headers], exc_info
            )

        answer = application(environ, start)
        try:
            body = b"".join(answer)
        finally:
            if close := getattr(answer, "close", None):
                close()
            hourly.flush()
            visits.flush()
            connections.close_all()
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    return call


def _require_fit(answer: dict[str, Any]) -> None:
    if len(answer.get("body") or "") > RESPONSE_BYTES_MAX:
        raise TooLarge(
            "answer_too_large", "This is too large to be answered here. Use a sealed transfer."
        )
