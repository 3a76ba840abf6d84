"""One line for each thing that happened: JSON for machines, aligned text for a terminal.

What callers name in `extra` is written, and the id of the request that is being answered. Of an
exception its type alone, of other people's log messages the template without what was filled in:
both may hold addresses, paths or ids.
"""

import json
import logging
import re
import sys
import threading
from collections.abc import Mapping
from functools import cache

import structlog
from django.conf import settings
from structlog.typing import EventDict, Processor

OURS = {"sgraph_send", "transfers", "adminpanel", "gunicorn", "psycopg"}
REQUESTS = "sgraph_send.requests"
_encode = json.JSONEncoder(default=str).encode  # json.dumps would make an encoder each time
_URL = re.compile(r"\b[a-z0-9+]+://\S+", re.IGNORECASE)


def begin_request(given_id: str) -> None:
    """This thread's lines have the id from now on, until the next request or `end_request`."""
    structlog.contextvars.bind_contextvars(request_id=given_id)


def request_id() -> str:
    """Of the request that this thread answers, "" for none."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def end_request() -> None:
    structlog.contextvars.clear_contextvars()


def log_request(**what: object) -> None:
    """The one line of a request: straight to standard error, without the logging module."""
    _request_log().info("request", **what)


def line_formatter(log_format: str = "json") -> logging.Formatter:
    """For the logging module's handlers."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            _without_what_was_filled_in,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.ExtraAdder(),
            _named_after_its_logger,
            structlog.processors.add_log_level,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _error_by_its_type,
            *_ending(log_format),
        ],
    )


def log_thread_failure(failure: threading.ExceptHookArgs) -> None:
    """For `threading.excepthook`: a traceback is neither one line nor free of data."""
    logging.getLogger("sgraph_send").error(
        "a thread failed", extra={"error": failure.exc_type.__name__}
    )


class _StandardError:
    """Whole lines, also from threads; looked up at each line, so that it can be redirected."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def info(self, line: str) -> None:
        with self._lock:
            sys.stderr.write(f"{line}\n")


@cache
def _request_log() -> structlog.typing.FilteringBoundLogger:
    def name(logger: object, method: str, event: EventDict) -> EventDict:
        event["logger"] = REQUESTS
        return event

    level = logging.getLevelNamesMapping()[settings.LOG_LEVEL]
    logger: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
        _StandardError(),
        processors=[structlog.processors.add_log_level, name, *_ending(settings.LOG_FORMAT)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
    ).bind()
    return logger


def _ending(log_format: str) -> list[Processor]:
    time = structlog.processors.TimeStamper(fmt="iso", utc=True, key="time")
    if log_format == "text":
        is_coloured = sys.stderr.isatty()
        return [time, structlog.dev.ConsoleRenderer(colors=is_coloured, timestamp_key="time")]
    message = structlog.processors.EventRenamer("message")
    return [time, message, _json_line]


def _json_line(logger: object, method: str, event: EventDict) -> str:
    return _encode(event)


def _without_what_was_filled_in(logger: object, method: str, event: EventDict) -> EventDict:
    record = event["_record"]
    if record.name.partition(".")[0] not in OURS:
        event["event"] = _URL.sub("…", str(record.msg))
    return event


def _named_after_its_logger(logger: object, method: str, event: EventDict) -> EventDict:
    event["logger"] = event["_record"].name
    return event


def _error_by_its_type(logger: object, method: str, event: EventDict) -> Mapping[str, object]:
    failure = event.pop("exc_info", None)
    if failure and failure[0]:
        event["error"] = failure[0].__name__
    event.pop("stack_info", None)
    return event
