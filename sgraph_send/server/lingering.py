"""Connections that end: the last bytes of an answer must arrive, and nobody waits for that.

A socket that is closed while something unread came in is reset, and the answer with it; so the peer
is given a moment to close first (RFC 9112 section 9.6). gunicorn waits for it in the loop that
accepts connections, two seconds for each peer that does not: a few a second would stop the site.
"""

import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from selectors import EVENT_READ

from gunicorn.workers.gthread import TConn, ThreadWorker

LINGER_SECONDS = 2
LINGER_MAX_BYTES = 2**20
LOOK_EVERY_SECONDS = 0.5
UNREAD_BODY_SECONDS = 0.1


@dataclass
class _End:
    due: float
    left_bytes: int = LINGER_MAX_BYTES


class Lingering(ThreadWorker):
    """gthread that closes connections beside its other work."""

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)
        self._ends: dict[TConn, _End] = {}
        self._next_look = 0.0

    def finish_request(self, conn: TConn, fs: object) -> None:
        if fs.cancelled() or fs.exception() or fs.result() is not False:
            super().finish_request(conn, fs)
            return
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, EVENT_READ, partial(self._drain, conn))
        except (OSError, ValueError):  # the peer was there first, or its thread
            self.close_connection(conn)
        else:
            self._ends[conn] = _End(time.monotonic() + LINGER_SECONDS)

    def murder_pending(self) -> None:
        """Called by gunicorn in every round."""
        now = time.monotonic()
        if now < self._next_look and self.alive:
            return
        self._next_look = now + LOOK_EVERY_SECONDS
        for conn in [conn for conn, end in self._ends.items() if end.due <= now]:
            self._end(conn)
        self.end_waiting(now)

    def end_waiting(self, now: float) -> None:
        """Look after connections that wait; `now` is monotonic, twice a second."""

    def drop_oldest_end(self) -> bool:
        """Close the connection that has lingered longest; whether there was one."""
        oldest = next(iter(self._ends), None)
        if oldest is None:
            return False
        self._end(oldest)
        return True

    def close_connection(self, conn: TConn) -> None:
        self.nr_conns -= 1
        conn.close()

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:
        """The rest of a refused body is dropped when it is there; nobody waits for it."""
        deadline = time.monotonic() + UNREAD_BODY_SECONDS
        return bool(keepalive and conn.parser.finish_body(deadline=deadline))

    def _drain(self, conn: TConn, connection: socket.socket) -> None:
        end = self._ends.get(conn)
        if end is None:  # closed since to make room
            return
        dropped = b""
        try:
            dropped = connection.recv(2**16)
        except BlockingIOError:
            return
        except OSError:
            pass  # the same as its end
        end.left_bytes -= len(dropped)
        if not dropped or end.left_bytes <= 0:
            self._end(conn)

    def _end(self, conn: TConn) -> None:
        del self._ends[conn]
        with suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.sock)
        self.close_connection(conn)
