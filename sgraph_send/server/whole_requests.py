"""A request takes a thread when it is there: its head, and its body where that is short.

Until then it lies in the kernel's buffer, looked at and not taken, so that slow peers cost a
connection each and no thread, however many they are (docs/decisions/0010).
"""

import re
import resource
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from selectors import EVENT_READ

from django.conf import settings
from gunicorn.sock import TCPSocket
from gunicorn.workers.gthread import TConn

from sgraph_send.server.lingering import Lingering
from transfers.limits import JSON_BODY_MAX_BYTES

HEAD_SECONDS = BODY_SECONDS = 15
HEAD_MAX_BYTES = 64 * 2**10
USUAL_BYTES = 8 * 2**10
OPEN_FILES = 8192

# Hints alone, as lax as any reader could be: what a request is decides the parser, in its thread.
_HEAD_END = re.compile(rb"\n\r?\n")
_LENGTH = re.compile(rb"\ncontent-length[ \t]*:[ \t]*([0-9]{1,6})[ \t]*\r?\n", re.IGNORECASE)
_ASKS_FIRST = re.compile(rb"\n(transfer-encoding|expect)[ \t]*:", re.IGNORECASE)


@dataclass
class _Wait:
    """Until `due` (monotonic) for a connection to hold `wanted_bytes`."""

    due: float
    wanted_bytes: int
    is_for_body: bool


class WholeRequests(Lingering):
    """gthread that waits for requests without a thread."""

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)
        self._waits: dict[TConn, _Wait] = {}

    def init_process(self) -> None:
        _allow_open_files()
        super().init_process()

    def accept(self, listener: TCPSocket) -> None:
        super().accept(listener)
        if self.nr_conns >= self.worker_connections and self.alive:
            self._drop_oldest()

    def enqueue_req(self, conn: TConn) -> None:
        """Called for a connection that is new, or may be read, or has read ahead."""
        waited = self._waits.pop(conn, None)
        read_ahead = conn.parser.unreader.buf.getvalue() if conn.parser else b""
        came = _peek(conn.sock)
        if came == b"" and not read_ahead:
            self.close_connection(conn)
            return
        seen = read_ahead + (came or b"")
        wanted_bytes, is_for_body = _wanted_bytes(seen)
        # Readable although it holds too little: no more will come.
        is_over = came == b"" or (waited is not None and len(seen) < waited.wanted_bytes)
        if wanted_bytes <= len(seen) or is_over:
            self._hand_over(conn)
        elif len(seen) >= HEAD_MAX_BYTES and not is_for_body:
            self._hand_over_as_it_is(conn)
        else:
            wait = _Wait(_due(waited, is_for_body), wanted_bytes, is_for_body)
            self._wait(conn, wait, wanted_bytes - len(read_ahead))

    def on_pending_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        if client.fileno() >= 0:  # not closed since to make room
            super().on_pending_socket_readable(conn, client)

    def on_client_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        if client.fileno() >= 0:
            super().on_client_socket_readable(conn, client)

    def end_waiting(self, now: float) -> None:
        for conn, wait in list(self._waits.items()):
            is_silent = wait.wanted_bytes == 1
            if wait.due > now and not (is_silent and not self.alive):
                continue
            self._stop_waiting(conn)
            if is_silent:
                self.close_connection(conn)
            else:
                self._hand_over_as_it_is(conn)

    def _wait(self, conn: TConn, wait: _Wait, readable_from_bytes: int) -> None:
        with suppress(OSError):
            conn.sock.setblocking(False)
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, readable_from_bytes)
        self._waits[conn] = wait
        self.pending_conns.append(conn)
        readable = partial(self.on_pending_socket_readable, conn)
        self.poller.register(conn.sock, EVENT_READ, readable)

    def _stop_waiting(self, conn: TConn) -> None:
        del self._waits[conn]
        self.pending_conns.remove(conn)
        self.poller.unregister(conn.sock)

    def _drop_oldest(self) -> None:
        """Make room for the next connection, at the cost of one on which nothing is answered."""
        if self.drop_oldest_end():
            return
        if self._waits:
            conn = next(iter(self._waits))
            self._stop_waiting(conn)
        elif self.keepalived_conns:
            conn = self.keepalived_conns.popleft()
            self.poller.unregister(conn.sock)
        else:
            return
        self.close_connection(conn)

    def _hand_over(self, conn: TConn) -> None:
        with suppress(OSError):
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
        conn.data_ready = True
        super().enqueue_req(conn)

    def _hand_over_as_it_is(self, conn: TConn) -> None:
        """Nothing more is read, so that a thread can say what is wrong with it at once."""
        with suppress(OSError):
            conn.sock.shutdown(socket.SHUT_RD)
        self._hand_over(conn)


def _due(waited: _Wait | None, is_for_body: bool) -> float:
    """A head has its time and a body has, in however many pieces they come."""
    if waited and waited.is_for_body == is_for_body:
        return waited.due
    seconds = min(BODY_SECONDS, settings.BODY_SILENCE_SECONDS) if is_for_body else HEAD_SECONDS
    return time.monotonic() + seconds


def _allow_open_files() -> None:
    """Connections and databases' files together pass the usual 1,024, and a worker that can't
    accept a connection for want of a number ends."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _peek(connection: socket.socket) -> bytes | None:
    """What has come and was not read yet, None for nothing, b"" when nothing will come."""
    how = socket.MSG_PEEK | socket.MSG_DONTWAIT
    try:
        came = connection.recv(USUAL_BYTES, how)
        if len(came) < USUAL_BYTES:
            return came
        return connection.recv(HEAD_MAX_BYTES + JSON_BODY_MAX_BYTES, how)
    except BlockingIOError:
        return None
    except OSError:
        return b""


def _wanted_bytes(seen: bytes) -> tuple[int, bool]:
    """How many bytes there must be before a thread can do something, and whether for a body."""
    end = _HEAD_END.search(seen, len(seen) - len(seen.lstrip(b"\r\n")))
    if end is None:
        return len(seen) + 1, False
    head = seen[: end.end()]
    length = _LENGTH.search(head)
    if length is None or _ASKS_FIRST.search(head) or int(length[1]) > JSON_BODY_MAX_BYTES:
        return end.end(), False
    return end.end() + int(length[1]), True
