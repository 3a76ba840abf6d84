"""gunicorn with our settings: https://gunicorn.org/reference/settings/"""

import gc
import logging
import threading
from collections.abc import Callable, Iterable

from django.conf import settings
from django.urls import get_resolver
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.workers.gthread import ThreadWorker

from sgraph_send.server import request_hooks
from sgraph_send.server.cleanup_process import CleanupProcess
from sgraph_send.server.gunicorn_log import ServerLog
from sgraph_send.server.listening import authority
from sgraph_send.telemetry.logs import log_thread_failure
from transfers.statistics import metrics


class Server(BaseApplication):
    """The site under gunicorn; cleanup lives as long as the server does.

    The application is loaded once and its memory shared by the processes that are forked from it.
    Nothing may be connected before: see `_close_connections` of the command `serve`.
    `announce` is called once the server listens.
    """

    def __init__(self, announce: Callable[[], None]) -> None:
        self.announce = announce
        self.cleanup: CleanupProcess | None = None
        request_hooks.raise_open_files_limit()
        metrics.share(settings.METRICS_DIR)
        logging.captureWarnings(True)
        threading.excepthook = log_thread_failure
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": authority(),
            "workers": settings.PROCESSES,
            "worker_class": "gthread",
            "threads": settings.THREADS,
            "preload_app": True,
            "http_parser": "python",
            "timeout": 60,
            "graceful_timeout": settings.STOP_SECONDS,
            # Longer than proxies keep connections to us, see docs/proxies.md.
            "keepalive": 75,
            "accesslog": None,
            "logger_class": ServerLog,
            "loglevel": "warning",
            "control_socket_disable": True,
            "proc_name": "sgraph-send",
            "on_starting": self._start_cleanup,
            "when_ready": self._when_ready,
            "post_fork": self._leave_cleanup_to_server,
            "post_worker_init": request_hooks.post_worker_init,
            "post_request": request_hooks.post_request,
            "child_exit": lambda arbiter, worker: metrics.forget_process(worker.pid),
            "on_exit": self._stop_cleanup,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Iterable[bytes]]:
        from sgraph_send.wsgi import application

        _ = get_resolver().url_patterns  # imports every view
        return application

    def _start_cleanup(self, arbiter: Arbiter) -> None:
        # Pages with objects that the collector never looks at stay shared.
        gc.collect()
        gc.freeze()
        if settings.CLEANUP_EVERY_SECONDS:
            self.cleanup = CleanupProcess(settings.CLEANUP_EVERY_SECONDS)

    def _when_ready(self, arbiter: Arbiter) -> None:
        self.announce()

    def _leave_cleanup_to_server(self, arbiter: Arbiter, worker: ThreadWorker) -> None:
        if self.cleanup is not None:
            self.cleanup.leave_to_server()

    def _stop_cleanup(self, arbiter: Arbiter) -> None:
        if self.cleanup is not None:
            self.cleanup.stop()
