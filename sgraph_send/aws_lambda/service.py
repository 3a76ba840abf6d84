"""The site as a Lambda function: one document in, one document out, by the code that gunicorn runs.

Lambda runs one request at a time, freezes the process between two and may never thaw it: nothing is
left to threads or for later.
"""

import logging
import os
from collections.abc import Callable, Iterable
from importlib import import_module

from asgiref.wsgi import WsgiToAsgi
from django.core.exceptions import ImproperlyConfigured
from mangum import Mangum
from mangum.handlers import LambdaAtEdge

from sgraph_send.aws_lambda import events, stored_secrets
from transfers.errors import TooLarge, TransferError

Handler = Callable[[dict, object], dict]
# Lambda takes 6 MiB, of which headers and the document around them need some.
ANSWER_MAX_BYTES = 6 * 2**20 - 64 * 2**10


class CloudFrontDocument(LambdaAtEdge):
    """Answers with every cookie, of which the adapter's own keeps the last, and with the name that
    CloudFront has for base64."""

    def __call__(self, response: dict) -> dict:
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

    # Django would wait for the first call; Lambda gives a start more of a processor than a call.
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
    adapter = Mangum(
        WsgiToAsgi(finished(application)), lifespan="off", custom_handlers=[CloudFrontDocument]
    )

    def handler(event: dict, context: object) -> dict:
        try:
            answer = adapter(events.from_viewer(event, origin_secret, host), context)
            _require_fit(answer)
        except TransferError as exc:
            return events.refusal(event, exc)
        return answer

    return handler


def prepare(role: str) -> None:
    """Secrets and settings, in this order; raises ImproperlyConfigured where files are kept."""
    os.environ["SGRAPH_SEND__ROLE"] = role
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sgraph_send.settings")
    stored_secrets.fetch(os.environ)
    from django.conf import settings

    if settings.STORE != "s3" or not settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        raise ImproperlyConfigured(
            "Lambda keeps no files: set SGRAPH_SEND__STORE=s3 and a DATABASE_URL of PostgreSQL."
        )
    logging.captureWarnings(True)


def finished(application: Callable) -> Callable:
    """The same WSGI application; once it has answered, nothing of the request is left to do."""
    from django.db import connections

    from transfers.statistics import hourly, visits

    def call(environ: dict, start_response: Callable) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *failure: object) -> Callable:
            # Django's cookies begin with a space, which servers drop and documents would keep.
            return start_response(
                status, [(name, text.strip()) for name, text in headers], *failure
            )

        answer = application(environ, start)
        try:
            body = b"".join(answer)
        finally:
            answer.close()
            hourly.flush()
            visits.flush()
            connections.close_all()
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    return call


def _require_fit(answer: dict) -> None:
    if len(answer.get("body") or "") > ANSWER_MAX_BYTES:
        raise TooLarge(
            "answer_too_large", "This is too large to be answered here. Use a sealed transfer."
        )
