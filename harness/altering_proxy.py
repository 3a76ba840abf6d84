"""A proxy in front of a site that changes what passes through it, as badly kept ones do."""

import http.client
import threading
from collections.abc import Callable
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from harness.ports import free_port

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te"}
Headers = list[tuple[str, str]]


def unchanged(headers: Headers) -> Headers:
    return headers


class AlteringProxy:
    """Forwards `url` to `upstream`; set its attributes to say what it changes."""

    def __init__(self, upstream: str, port: int | None = None) -> None:
        port = port or free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.change_nothing()
        self._upstream = urlsplit(upstream).netloc
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def change_nothing(self) -> None:
        self.change_request: Callable[[Headers], Headers] = unchanged
        self.change_answer: Callable[[Headers], Headers] = unchanged
        self.change_body: Callable[[str, bytes], bytes] = lambda path, body: body
        self.redirect_to = ""
        self.body_bytes_max = 2**40

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def forward(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(length)
                if length > proxy.body_bytes_max:
                    self.send_error(413)
                    return
                if proxy.redirect_to:
                    self.send_response_only(301)
                    self.send_header("Location", proxy.redirect_to)
                    self.end_headers()
                    return
                headers = proxy.change_request(_end_to_end(self.headers.items()))
                with closing(http.client.HTTPConnection(proxy._upstream, timeout=60)) as upstream:
                    upstream.request(self.command, self.path, body or None, dict(headers))
                    self.answer(upstream.getresponse())

            def answer(self, response: http.client.HTTPResponse) -> None:
                body = proxy.change_body(self.path, response.read())
                self.send_response_only(response.status)
                for name, value in proxy.change_answer(_end_to_end(response.getheaders())):
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Silent: tests look at what came through."""

            do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = forward

        return Handler


def _end_to_end(headers: object) -> Headers:
    return [(name, value) for name, value in headers if name.lower() not in HOP_BY_HOP]
