"""gunicorn with our settings, and the cleanup that runs beside it."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable

from django.conf import settings
from gunicorn.app.base import BaseApplication

from sgraph_send.server.gunicorn_log import ServerLog
from sgraph_send.server.listening import authority
from sgraph_send.server.request_hooks import (
    post_request,
    post_worker_init,
    raise_open_files_limit,
)
from sgraph_send.telemetry.logs import log_thread_failure
from transfers.statistics import metrics

CLEANUP_STOP_SECONDS = 10

# A worker that is forked while cleanup is being started would inherit the pipe on which Popen
# waits for the start to end, hold it open, and so stop the thread that starts cleanup for good.
_one_fork = threading.Lock()
os.register_at_fork(
    before=_one_fork.acquire, after_in_parent=_one_fork.release, after_in_child=_one_fork.release
)


class Server(BaseApplication):
    """The site under gunicorn; cleanup lives as long as the server does.

    `announce` is called once the server listens.
    """

    def __init__(self, announce: Callable[[], None]) -> None:
        self.announce = announce
        self.cleanup: subprocess.Popen | None = None
        self.stopping = threading.Event()
        raise_open_files_limit()
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
            "http_parser": "python",
            "timeout": 60,
            "graceful_timeout": settings.STOP_SECONDS,
            "keepalive": 75,
            "accesslog": None,
            "logger_class": ServerLog,
            "loglevel": "warning",
            "control_socket_disable": True,
            "proc_name": "sgraph-send",
            "on_starting": self._start_cleanup,
            "when_ready": lambda server: self.announce(),
            "post_worker_init": post_worker_init,
            "post_request": post_request,
            "post_fork": lambda server, worker: self._leave_cleanup_to_the_server(),
            "child_exit": lambda server, worker: metrics.forget_process(worker.pid),
            "on_exit": self._stop_cleanup,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self):
        from sgraph_send.wsgi import application

        return application

    def _start_cleanup(self, arbiter: object) -> None:
        if not settings.CLEANUP_EVERY_SECONDS:
            return
        threading.Thread(target=self._keep_cleanup_running, name="cleanup", daemon=True).start()

    def _keep_cleanup_running(self) -> None:
        # -P: nothing that happens to lie in the folder where the server was started is imported.
        command = [sys.executable, "-P", "-m", "django", "cleanup_transfers"]
        found_in = [str(settings.BASE_DIR), os.environ.get("PYTHONPATH")]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, found_in))}
        every = str(settings.CLEANUP_EVERY_SECONDS)
        while not self.stopping.is_set():
            # A pipe that only the server holds: should it be killed, cleanup reads the end of it.
            with _one_fork:
                self.cleanup = subprocess.Popen(
                    [*command, "--every", every, "--until-eof"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    start_new_session=True,
                    env=environment,
                )
            self.cleanup.wait()
            self.stopping.wait(1)

    def _leave_cleanup_to_the_server(self) -> None:
        """In a new worker: let go of the pipe that only the server is to hold."""
        if self.cleanup is not None:
            self.cleanup.stdin.close()

    def _stop_cleanup(self, arbiter: object) -> None:
        self.stopping.set()
        if self.cleanup is None:
            return
        self.cleanup.terminate()
        try:
            self.cleanup.wait(CLEANUP_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.cleanup.kill()
