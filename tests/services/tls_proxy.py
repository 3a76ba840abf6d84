"""Ends TLS before a service that speaks plain HTTP, and tells it nothing about that."""

import contextlib
import socket
import ssl
import threading

from tests.services.certificate import Certificate
from tests.services.ports import free_port

CHUNK_BYTES = 64 * 2**10


class TlsProxy:
    """Forwards HTTPS on `url` to a plain port of this machine."""

    def __init__(self, certificate: Certificate, to_port: int) -> None:
        port = free_port()
        self.url = f"https://127.0.0.1:{port}"
        self._to_port = to_port
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate.certificate, certificate.key)
        self._listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                plain, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=[plain], daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        with contextlib.suppress(OSError), plain:
            client = self._tls.wrap_socket(plain, server_side=True)
            with client, socket.create_connection(("127.0.0.1", self._to_port)) as server:
                back = threading.Thread(target=_pump, args=[server, client], daemon=True)
                back.start()
                _pump(client, server)
                back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(CHUNK_BYTES):
            target.sendall(chunk)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
