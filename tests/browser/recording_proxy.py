"""A forward HTTP proxy that keeps every request and answer, workers' included."""

import http.client
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import urlsplit

HOP_BY_HOP = {"connection", "proxy-connection", "keep-alive", "transfer-encoding", "te"}


class Recorded(NamedTuple):
    """One request: its first line with the whole address, its header lines, its body."""

    line: bytes
    headers: bytes
    body: bytes


class Answered(NamedTuple):
    """One answer: the whole address, the body as it came, and its content encoding, "" for none."""

    url: str
    status: int
    encoding: str
    body: bytes


class RecordingProxy:
    """Use as a context manager; `requests` and `answers` grow with every request of its clients."""

    def __init__(self) -> None:
        self.requests: list[Recorded] = []
        self.answers: list[Answered] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "RecordingProxy":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        record, keep = self.requests.append, self.answers.append

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def forward(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                record(Recorded(self.raw_requestline, bytes(self.headers), body))
                target = urlsplit(self.path)
                upstream = http.client.HTTPConnection(target.netloc, timeout=60)
                path = target._replace(scheme="", netloc="").geturl() or "/"
                with closing(upstream):
                    upstream.request(self.command, path, body or None, _end_to_end(self.headers))
                    self.answer(upstream.getresponse())

            def answer(self, response: http.client.HTTPResponse) -> None:
                body = response.read()
                encoding = response.getheader("Content-Encoding", "")
                keep(Answered(self.path, response.status, encoding, body))
                self.send_response_only(response.status, response.reason)
                for name, value in response.getheaders():
                    if name.lower() not in HOP_BY_HOP | {"content-length"}:
                        self.send_header(name, value)
                length = response.getheader("Content-Length") if self.command == "HEAD" else None
                self.send_header("Content-Length", length or str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

            do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = forward

        return Handler


def _end_to_end(headers) -> dict[str, str]:
    kept = {name: value for name, value in headers.items() if name.lower() not in HOP_BY_HOP}
    return {name: value for name, value in kept.items() if name.lower() != "content-length"}
