"""Requests as bytes, so that they may be wrong in every way, and the answers as they come."""

import json
import re
import socket
from contextlib import closing
from dataclasses import dataclass

from harness.live_site import LiveSite

TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Answer:
    """The first answer on a connection; status 0 when it was closed without one."""

    status: int
    head: str
    body: str
    all: bytes

    @property
    def code(self) -> str:
        """The stable code of a refusal of ours, "" of gunicorn's own."""
        try:
            return json.loads(self.body).get("code", "")
        except ValueError:
            return ""

    @property
    def answers_on_the_connection(self) -> int:
        return len(re.findall(rb"^HTTP/1\.[01] \d{3}", self.all, re.M))


def connect(site: LiveSite) -> socket.socket:
    host, port = site.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=TIMEOUT_SECONDS)


def say(site: LiveSite, text: bytes) -> Answer:
    """Send bytes, say that no more will come, and read until the server closes."""
    with closing(connect(site)) as connection:
        received = b""
        try:
            connection.sendall(text)
            connection.shutdown(socket.SHUT_WR)
            while chunk := connection.recv(65536):
                received += chunk
        except (ConnectionResetError, BrokenPipeError):
            pass
    head, _, body = received.partition(b"\r\n\r\n")
    status = re.match(rb"HTTP/1\.[01] (\d{3})", head)
    return Answer(int(status[1]) if status else 0, head.decode("latin-1"), body.decode(), received)


def request(
    method: str, path: str, body: bytes = b"", *headers: str, length: int | None = None
) -> bytes:
    """One request that ends its connection; `length` is what it says of its body."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers]
    if body or length is not None:
        lines += ["Content-Type: application/json"]
        lines += [f"Content-Length: {len(body) if length is None else length}"]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body
