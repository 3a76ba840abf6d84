"""gunicorn's own log lines, without what it would add of a request: address, path, query."""

import sys
from typing import Any

from django.conf import settings
from gunicorn.config import Config
from gunicorn.glogging import Logger

from sgraph_send.telemetry.logs import line_formatter


class ServerLog(Logger):
    """Writes to standard error in our format."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(line_formatter(settings.LOG_FORMAT))

    def warning(self, msg: object, *args: object, **kwargs: Any) -> None:
        """Drops the address and the offending bytes, which follow "from ip="."""
        text, marker, _ = str(msg).partition(" from ip=")
        if marker:
            msg, args = text, ()
        super().warning(msg, *args, **kwargs)

    def exception(self, msg: object, *args: object, **kwargs: Any) -> None:
        """The request's path and query are arguments, and may be in the traceback's message."""
        if isinstance(sys.exc_info()[1], TimeoutError):  # a peer that does not read, no fault
            return
        super().error("%s (%s)", str(msg).partition(" %s")[0], _failing_type())


def _failing_type() -> str:
    kind = sys.exc_info()[0]
    return kind.__name__ if kind else "no exception"
