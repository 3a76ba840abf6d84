"""A chat server's incoming webhook that keeps what it is told."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from harness.ports import free_port


class Webhook:
    """Takes Slack's form at `url`; `messages` are the attachments and `texts` the plain messages,
    the oldest first. While `is_away` it refuses."""

    def __init__(self) -> None:
        self.messages: list[dict] = []
        self.texts: list[str] = []
        self.is_away = False
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/services/made-up-for-tests"
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def titled(self, words: str) -> list[dict]:
        """Messages whose title begins with these words."""
        return [one for one in list(self.messages) if one["title"].startswith(words)]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        webhook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if webhook.is_away:
                    self.send_error(503)
                    return
                told = json.loads(body)
                webhook.messages.extend(told.get("attachments", []))
                webhook.texts.extend([told["text"]] if "text" in told else [])
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_: object) -> None:
                """Silent: what a test wants to know is in `messages`."""

        return Handler
