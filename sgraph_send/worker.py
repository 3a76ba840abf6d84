"""The server's threads, whose peers have deadlines (docs/decisions/0008)."""

from gunicorn.workers.gthread import TConn, ThreadWorker

from sgraph_send.logs import end_request
from sgraph_send.strict_heads import refuse_loose_heads
from transfers.deadlines import clear_deadline, set_deadline

HEAD_SECONDS = 15


class PunctualWorker(ThreadWorker):
    """gthread whose peers must send a request's head, and take its answer, in time."""

    def init_process(self) -> None:
        refuse_loose_heads()
        super().init_process()

    def handle(self, conn: TConn) -> object:
        end_request()
        set_deadline(conn.sock, HEAD_SECONDS)
        try:
            return super().handle(conn)
        finally:
            clear_deadline(conn.sock)
