"""Cleanup beside the server: a process forked from it, and forked again should it die.

Forked before the server listens or starts a thread, it shares the memory of what was imported and
inherits no connection (docs/decisions/0100).
"""

import logging
import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from django.core.management import call_command

STOP_SECONDS = 10
LOOK_EVERY_SECONDS = 0.05
AGAIN_AFTER_SECONDS = 1
# As `ps` and `top` show them; 15 bytes at most, see proc_pid_comm(5).
SUPERVISOR_NAME, PROCESS_NAME = "cleanup-parent", "cleanup"

log = logging.getLogger(__name__)


class CleanupProcess:
    """A supervisor in a session of its own, whose only child runs `cleanup_transfers --every`.

    Both end when the other end of a pipe, which only the server holds, is closed: by `stop`, or by
    the system when the server is killed.
    """

    def __init__(self, every_seconds: int) -> None:
        read_end, self._server_end = os.pipe()
        self._supervisor_pid = os.fork()
        if self._supervisor_pid == 0:
            os.close(self._server_end)
            _supervise(read_end, every_seconds)
        os.close(read_end)

    def leave_to_server(self) -> None:
        """In a worker: let go of the end of the pipe that only the server is to hold."""
        os.close(self._server_end)

    def stop(self) -> None:
        """Let a pass that runs end; kill what is left after STOP_SECONDS."""
        os.close(self._server_end)
        deadline = time.monotonic() + STOP_SECONDS
        while not self._has_ended():
            if time.monotonic() > deadline:
                with suppress(ProcessLookupError):
                    os.killpg(self._supervisor_pid, signal.SIGKILL)
                return
            time.sleep(LOOK_EVERY_SECONDS)

    def _has_ended(self) -> bool:
        try:
            return os.waitpid(self._supervisor_pid, os.WNOHANG)[0] != 0
        except ChildProcessError:  # gunicorn has waited for it
            return True


def _supervise(read_end: int, every_seconds: int) -> None:
    """Never returns: what called the server is not to run a second time in this process."""
    os.setsid()
    _call_process(SUPERVISOR_NAME)
    while True:
        pid = os.fork()
        if pid == 0:
            _run(read_end, every_seconds)
        _, status = os.waitpid(pid, 0)
        if status == 0:
            os._exit(0)
        time.sleep(AGAIN_AFTER_SECONDS)


def _run(read_end: int, every_seconds: int) -> None:
    status = 1
    try:
        _call_process(PROCESS_NAME)
        sys.stdin = os.fdopen(read_end)
        with open(os.devnull, "w") as nowhere:
            call_command("cleanup_transfers", every=every_seconds, until_eof=True, stdout=nowhere)
        status = 0
    except Exception as exc:
        log.error("cleanup ended", extra={"error": type(exc).__name__})
    finally:
        os._exit(status)


def _call_process(name: str) -> None:
    with suppress(OSError):
        Path("/proc/self/comm").write_text(name)
