"""A page of some other origin, and what its scripts get when they call us or the bucket."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import Browser

from harness.ports import free_port

_FETCH = """async ([url, options]) => {
  try {
    const answer = await fetch(url, options);
    return [answer.status, await answer.text()];
  } catch (error) {
    return [error.name, error.message];
  }
}"""


class ForeignPage:
    """Use as a context manager: an empty page on an origin of its own on 127.0.0.1."""

    def __init__(self, browser: Browser, port: int | None = None) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", port or free_port()), _Empty)
        self._server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._browser = browser

    def __enter__(self) -> "ForeignPage":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._context = self._browser.new_context()
        self._page = self._context.new_page()
        self._page.goto(self.origin)
        return self

    def __exit__(self, *_: object) -> None:
        self._context.close()
        self._server.shutdown()
        self._server.server_close()

    def fetch(self, url: str, **options: object) -> tuple[int | str, str]:
        """Status and body of what the page's script may read; ("TypeError", …) when refused."""
        status, text = self._page.evaluate(_FETCH, [url, options])
        return status, text


class _Empty(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        page = b"<!doctype html><title>elsewhere</title>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        pass
