"""The server's threads, whose peers have deadlines (docs/decisions/0008)."""

from gunicorn.workers.gthread import TConn, ThreadWorker

from sgraph_send.logs import end_request
from transfers.deadlines import clear_deadline, set_deadline

HEAD_SECONDS = 15


class PunctualWorker(ThreadWorker):
    """gthread whose peers must send a request's head, and take its answer, in time."""

    def handle(self, conn: TConn) -> object:
        end_request()
        set_deadline(conn.sock, HEAD_SECONDS)
        try:
            return super().handle(conn)
        finally:
            clear_deadline(conn.sock)
