"""The server's threads: each waits for a request, answers it, and waits again.

gunicorn's own threaded worker passes every request from a dispatcher to a pool and back, and lets
all of them run at once; that costs more than a short call itself (docs/decisions/0009). Here the
kernel gives a ready connection to one waiting thread. Only SEATS threads wait or answer short calls
at a time, so that they do not compete for the interpreter; whoever takes longer than
SHORT_CALL_SECONDS (a streamed body, a slow store or peer) loses its seat to another thread.
"""

import select
import threading
import time
from contextlib import suppress
from socket import socket

from gunicorn import util
from gunicorn.http import wsgi
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, TConn, ThreadWorker

from sgraph_send.logs import end_request
from transfers.deadlines import clear_deadline, set_deadline

HEAD_SECONDS = 15
SEATS = 4
SHORT_CALL_SECONDS = 0.01
LOOK_WHEN_IDLE_SECONDS = 0.05
CLOSE_IDLE_EVERY_SECONDS = 1
READABLE_ONCE = select.EPOLLIN | select.EPOLLONESHOT if hasattr(select, "epoll") else 0


class WholeResponse(wsgi.Response):
    """Head and body leave together when the body is one piece."""

    def write(self, body: bytes) -> None:
        is_whole = self.response_length == len(body) > 0 and not self._omits_body
        if self.headers_sent or not is_whole:
            super().write(body)
            return
        lines = [*self.default_headers(), *(f"{name}: {text}\r\n" for name, text in self.headers)]
        self.headers_sent = True
        self.sent = len(body)
        self.sock.sendall(("".join(lines) + "\r\n").encode("latin-1") + body)


class PunctualWorker(ThreadWorker):
    """gthread whose peers must send a request's head, and take its answer, in time."""

    def handle(self, conn: TConn) -> object:
        end_request()
        set_deadline(conn.sock, HEAD_SECONDS)
        try:
            return super().handle(conn)
        finally:
            clear_deadline(conn.sock)

    def handle_request(self, req: object, conn: TConn) -> bool:
        """Whether the connection may stay; gthread's method without hooks and access log."""
        response, environ = wsgi.create(
            req, conn.sock, conn.client, conn.server, self.cfg, response_class=WholeResponse
        )
        environ["wsgi.multithread"] = True
        if not self.alive or len(self.keepalived_conns) >= self.max_keepalived:
            response.force_close()
        try:
            self._answer(environ, response)
        except OSError:
            raise
        except Exception:
            if response.headers_sent:
                self.log.exception("Error handling request")
                util.close_graceful(conn.sock)
                return False
            raise
        return not response.should_close()

    def _answer(self, environ: dict, response: WholeResponse) -> None:
        chunks = self.wsgi(environ, response.start_response)
        try:
            if isinstance(chunks, environ["wsgi.file_wrapper"]):
                response.write_file(chunks)
            else:
                for chunk in chunks:
                    response.write(chunk)
            response.close()
        finally:
            if hasattr(chunks, "close"):
                chunks.close()


class SeatedWorker(PunctualWorker):
    """Needs epoll, so Linux. The main thread accepts, closes idle connections and lends seats.

    Whoever takes a connection out of `idle` owns it; whoever takes a thread out of `answering`
    says whether it still has its seat. Both are one operation on a dict, so no lock is held.
    """

    def init_process(self) -> None:
        self.ready = select.epoll()
        self.idle: dict[int, TConn] = {}
        self.open: set[TConn] = set()
        self.answering: dict[int, float] = {}
        self.seats = threading.Lock()
        self.seated = self.started = self.standing = 0
        self.seat_free = threading.Semaphore(0)
        self.close_idle_at = 0.0
        super().init_process()

    def run(self) -> None:
        self.keepalived_conns = self.idle
        self._fill_seats()
        while self.alive and self.is_parent_alive():
            self._look_after(len(self.open) < self.worker_connections)
        self.alive = False
        stop_at = time.monotonic() + self.cfg.graceful_timeout
        for conn in list(self.idle.values()):
            conn.timeout = min(conn.timeout, time.monotonic() + STOP_KEEPALIVE_LINGER)
        while self.open and time.monotonic() < stop_at:
            self._look_after(False)
        for listener in self.sockets:
            listener.close()

    def handle_quit(self, sig: int, frame: object) -> None:
        super(ThreadWorker, self).handle_quit(sig, frame)

    def handle_exit(self, sig: int, frame: object) -> None:
        self.alive = False

    def accept(self, listener: socket) -> None:
        with suppress(BlockingIOError, ConnectionAbortedError):
            client, address = listener.accept()
            conn = TConn(self.cfg, client, address, listener.getsockname())
            conn.data_ready = True
            self.open.add(conn)
            self._await_request(conn, self.ready.register)

    def get_thread_pool(self) -> None:
        """None: the threads here are our own."""

    def _look_after(self, is_accepting: bool) -> None:
        self.notify()
        self.set_accept_enabled(is_accepting)
        pause = SHORT_CALL_SECONDS if self.answering else LOOK_WHEN_IDLE_SECONDS
        if is_accepting:
            self.wait_for_and_dispatch_events(pause)
        else:
            time.sleep(pause)
        now = time.monotonic()
        for thread, since in list(self.answering.items()):
            if now - since > SHORT_CALL_SECONDS and self.answering.pop(thread, None):
                self._change_seats(-1)
        self._fill_seats()
        if now >= self.close_idle_at:
            self.close_idle_at = now + CLOSE_IDLE_EVERY_SECONDS
            self._close_idle(now)

    def _close_idle(self, now: float) -> None:
        for number, conn in list(self.idle.items()):
            if conn.timeout <= now and self.idle.pop(number, None):
                self.open.discard(conn)
                conn.close()

    def _change_seats(self, by: int) -> None:
        with self.seats:
            self.seated += by

    def _fill_seats(self) -> None:
        while self.seated < min(SEATS, self.cfg.threads):
            with self.seats:
                if self.standing:
                    self.standing -= 1
                    self.seated += 1
                    self.seat_free.release()
                    continue
            if self.started == self.cfg.threads:
                return
            self.started += 1
            self._change_seats(1)
            threading.Thread(target=self._serve, name=f"calls-{self.started}", daemon=True).start()

    def _serve(self) -> None:
        me = threading.get_ident()
        while True:
            for number, _ in self.ready.poll(maxevents=1):
                conn = self.idle.pop(number, None)
                if conn is None:  # closed meanwhile
                    continue
                self.answering[me] = time.monotonic()
                self._serve_once(conn)
                if self.answering.pop(me, None) is None:
                    self._find_seat()

    def _find_seat(self) -> None:
        with self.seats:
            if self.seated < SEATS:
                self.seated += 1
                return
            self.standing += 1
        self.seat_free.acquire()

    def _serve_once(self, conn: TConn) -> None:
        try:
            stays = self.handle(conn)
            while stays and conn.parser.unreader.buf.getvalue():  # the next request is here already
                stays = self.handle(conn)
            if stays:
                self._await_request(conn, self.ready.modify)
                return
        except Exception:
            self.log.exception("Error handling connection")
        self.open.discard(conn)
        with suppress(OSError):
            conn.close(graceful=True)

    def _await_request(self, conn: TConn, watch: object) -> None:
        number = conn.sock.fileno()
        seconds = self.cfg.keepalive if self.alive else STOP_KEEPALIVE_LINGER
        conn.timeout = time.monotonic() + seconds
        self.idle[number] = conn
        with suppress(OSError, ValueError):  # closed meanwhile, having waited too long
            watch(number, READABLE_ONCE)
