"""gunicorn's server hooks around a worker and its requests.

https://gunicorn.org/reference/settings/#server-hooks
"""

import resource
import signal
import socket
import threading
from contextlib import suppress
from types import FrameType

from gunicorn.http.message import Request
from gunicorn.http.wsgi import Response
from gunicorn.workers.gthread import ThreadWorker

from sgraph_send.telemetry import log_addresses
from sgraph_send.telemetry.logs import end_request

OPEN_FILES = 8192
CHECK_EVERY_SECONDS = 0.01


def post_worker_init(worker: ThreadWorker) -> None:
    log_addresses.start()
    _close_port_at_sigterm(worker)


def post_request(
    worker: ThreadWorker, request: Request, environ: dict[str, object], response: Response | None
) -> None:
    """Forget the log's context, and do not wait for the peer where the connection ends.

    gunicorn waits for the peer to close first, for up to two seconds and in the loop that accepts
    connections (`util.close_graceful`). With the reading side shut down it drops what has come and
    closes at once. Refused bodies have been read by then (docs/decisions/0006).
    """
    end_request()
    connection = environ.get("gunicorn.socket")
    if isinstance(connection, socket.socket) and (response is None or response.should_close()):
        with suppress(OSError):  # the peer was there first
            connection.shutdown(socket.SHUT_RD)


def raise_open_files_limit() -> None:
    """Connections and the database's files together pass the usual limit of 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _close_port_at_sigterm(worker: ThreadWorker) -> None:
    """A worker that ends lets go of the port as soon as it accepts no more.

    gunicorn keeps it until the last request is done. A proxy would go on connecting, and wait for
    an answer that never comes; a refused connection it can try again.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        worker.handle_exit(number, frame)
        threading.Thread(target=_close_port, args=[worker], daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.siginterrupt(signal.SIGTERM, False)


def _close_port(worker: ThreadWorker) -> None:
    pause = threading.Event()
    for listener in worker.sockets:
        while listener in (worker.poller.get_map() or {}):
            pause.wait(CHECK_EVERY_SECONDS)
        listener.close()
