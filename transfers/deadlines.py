"""Deadlines for connections: a peer that is too slow must not hold a thread for ever.

Socket time-outs end a silent peer only; one byte a minute passes them. Here a whole step (a head, a
body, a chunk) has an end, at which the connection is shut down and the blocked call returns. Where
only the peer's sending is late, only reading is shut down, so that it can still be told why.
"""

import os
import socket
import threading
import time
from contextlib import suppress

CHECK_EVERY_SECONDS = 0.5

_ends: dict[socket.socket, tuple[float, int]] = {}
_lock = threading.Lock()
_watching_process: int | None = None


def set_deadline(
    connection: socket.socket | None, seconds: float, how: int = socket.SHUT_RD
) -> None:
    """Shut `connection` down (SHUT_RD or SHUT_RDWR) unless the deadline is moved or cleared."""
    if connection is None:
        return
    _ends[connection] = time.monotonic() + seconds, how
    if _watching_process != os.getpid():
        _start_watching()


def clear_deadline(connection: socket.socket | None) -> None:
    _ends.pop(connection, None)


def _start_watching() -> None:
    global _watching_process
    with _lock:
        if _watching_process != os.getpid():
            _watching_process = os.getpid()
            threading.Thread(target=_watch, name="deadlines", daemon=True).start()


def _watch() -> None:
    pause = threading.Event()
    while True:
        pause.wait(CHECK_EVERY_SECONDS)
        now = time.monotonic()
        for connection, (end, how) in list(_ends.items()):
            if end <= now and _ends.get(connection) == (end, how):
                clear_deadline(connection)
                with suppress(OSError):  # closed meanwhile
                    connection.shutdown(how)
