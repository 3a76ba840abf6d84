"""The server's threads, whose peers have deadlines (docs/decisions/0008)."""

from gunicorn.sock import TCPSocket
from gunicorn.workers.gthread import TConn

from sgraph_send.server.strict_heads import refuse_loose_heads
from sgraph_send.server.whole_requests import HEAD_SECONDS, WholeRequests
from sgraph_send.telemetry.logs import end_request
from transfers.deadlines import clear_deadline, set_deadline


class PunctualWorker(WholeRequests):
    """gthread whose peers must send a request's head, and take its answer, in time."""

    def init_process(self) -> None:
        refuse_loose_heads()
        super().init_process()

    def set_accept_enabled(self, enabled: bool) -> None:
        """A worker that ends lets go of the port at once, after whoever has come through it.

        gunicorn keeps it until the last request is done: proxies would go on connecting, and wait
        for an answer that never comes.
        """
        super().set_accept_enabled(enabled)
        if self.alive:
            return
        for listener in self.sockets:
            if listener.sock is not None:
                self._accept_all(listener)
                listener.close()

    def _accept_all(self, listener: TCPSocket) -> None:
        before = -1
        while before != self.nr_conns:
            before = self.nr_conns
            self.accept(listener)

    def handle(self, conn: TConn) -> object:
        end_request()
        set_deadline(conn.sock, HEAD_SECONDS)
        try:
            return super().handle(conn)
        finally:
            clear_deadline(conn.sock)
