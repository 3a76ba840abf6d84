"""A TCP proxy that counts bytes and can cut every connection at once."""

import contextlib
import socket
import struct
import threading

CHUNK_BYTES = 256 * 2**10
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class CuttingProxy:
    """Forwards 127.0.0.1:`port` to another port; while `down` it refuses everybody."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.sent_bytes = 0
        self.received_bytes = 0
        self._port = port
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.is_down = False
        self._answers_end_after: int | None = None
        self._down_after: int | None = None

    def start(self, to_port: int) -> None:
        self._to_port = to_port
        self._listener = socket.create_server(("127.0.0.1", self._port), backlog=128)
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        # Closing alone does not end the thread that waits for the next connection.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def cut(self, *, stay_down: bool = False) -> None:
        """Resets every connection, as a lost network does."""
        self.is_down = stay_down
        with self._lock:
            for side in self._open:
                with contextlib.suppress(OSError):
                    side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
                    side.shutdown(socket.SHUT_RDWR)

    def go_down_after(self, count_bytes: int) -> None:
        """Cuts everything and stays down once so much came back since counts were forgotten."""
        self._down_after = count_bytes

    def come_back(self) -> None:
        self._down_after = None
        self.is_down = False

    def end_answers_after(self, count_bytes: int | None) -> None:
        """From now on a connection is cut once so much came back on it; None: no longer."""
        self._answers_end_after = count_bytes

    def forget_counts(self) -> None:
        self.sent_bytes = self.received_bytes = 0

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.is_down:
                client.close()
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self._to_port), timeout=10)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            with self._lock:
                self._open |= {client, server}
            threading.Thread(target=self._serve, args=[client, server], daemon=True).start()

    def _serve(self, client: socket.socket, server: socket.socket) -> None:
        pumped = (server, client, "received_bytes")
        back = threading.Thread(target=self._pump, args=pumped, daemon=True)
        back.start()
        self._pump(client, server, "sent_bytes")
        back.join()
        with self._lock:
            self._open -= {client, server}
        for side in (client, server):
            side.close()

    def _pump(self, source: socket.socket, target: socket.socket, counter: str) -> None:
        buffer = bytearray(CHUNK_BYTES)
        view = memoryview(buffer)
        here_bytes = 0
        with contextlib.suppress(OSError):
            while count := source.recv_into(buffer):
                here_bytes += count
                with self._lock:
                    setattr(self, counter, getattr(self, counter) + count)
                if self._down_after is not None and self.received_bytes > self._down_after:
                    self.cut(stay_down=True)
                target.sendall(view[:count])
                limit = self._answers_end_after
                if counter == "received_bytes" and limit is not None and here_bytes > limit:
                    target.shutdown(socket.SHUT_RDWR)
            target.shutdown(socket.SHUT_WR)
            return
        for side in (source, target):
            with contextlib.suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)
