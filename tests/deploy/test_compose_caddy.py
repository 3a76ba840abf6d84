"""The Caddyfile of deploy/compose.yaml in a real Caddy: where each address leads."""

import http.client
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from harness.certificate import self_signed
from harness.live_site import ROOT
from harness.ports import accepts, free_port
from harness.process import ChildProcess
from harness.shipped_proxy import installed_program

CADDYFILE = ROOT / "deploy" / "compose" / "Caddyfile"
UPSTREAMS = ("web-1:8000", "web-2:8000", "admin:8000", "seaweedfs:8333", "grafana:3000")
HOSTS = ("send.localhost", "store.localhost", "grafana.localhost")


class _Upstream(ThreadingHTTPServer):
    """Answers every call with its name, the headers that it got, and the length of the body."""

    daemon_threads = True

    def __init__(self, name: str) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                length_bytes = len(self.rfile.read(int(self.headers["Content-Length"] or 0)))
                text = f"{name}\n{length_bytes}\n{self.headers}".encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Caddy:
    """On https://*.localhost:`port`, with a certificate of this machine's."""

    def __init__(self, folder: Path) -> None:
        self.upstreams = {name: _Upstream(name.partition(":")[0]) for name in UPSTREAMS}
        self.port, health_port = free_port(), free_port()
        made = self_signed(folder)
        text = CADDYFILE.read_text()
        for name, upstream in self.upstreams.items():
            assert name in text
            text = text.replace(name, f"127.0.0.1:{upstream.server_address[1]}")
        text = text.replace(":2020", f":{health_port}")
        text = re.sub(
            r"^(\{\$\w+\}) \{$", rf"\1 {{\n\ttls {made.certificate} {made.key}", text, flags=re.M
        )
        (folder / "Caddyfile").write_text(text)
        names = zip(("SEND_HOST", "STORE_HOST", "GRAFANA_HOST"), HOSTS, strict=True)
        self._child = ChildProcess(
            [installed_program("caddy"), "run", "--config", "Caddyfile"],
            log_path=folder / "caddy.log",
            env={"HOME": str(folder)} | {key: f"{host}:{self.port}" for key, host in names},
            cwd=folder,
        )
        self._child.wait_ready(lambda: accepts(self.port) and accepts(health_port))

    def stop(self) -> None:
        self._child.stop()
        for upstream in self.upstreams.values():
            upstream.shutdown()
            upstream.server_close()

    def answer(
        self, host: str, path: str, body: bytes | None = None, forwarded_for: str = ""
    ) -> tuple[int, str]:
        """Status and text of a call to `host`."""
        # The certificate names no *.localhost, and who answers is known here.
        unchecked = ssl._create_unverified_context()  # noqa: S323
        with closing(
            http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=unchecked)
        ) as connection:
            method = "GET" if body is None else "POST"
            headers = {"Host": f"{host}:{self.port}"}
            if forwarded_for:
                headers["X-Forwarded-For"] = forwarded_for
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()


@pytest.fixture(scope="module")
def caddy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caddy]:
    caddy = Caddy(tmp_path_factory.mktemp("caddy"))
    yield caddy
    caddy.stop()


@pytest.mark.parametrize(
    ("host", "path", "upstreams"),
    [
        ("send.localhost", "/", {"web-1", "web-2"}),
        ("send.localhost", "/transfers/download/x", {"web-1", "web-2"}),
        ("send.localhost", "/administration", {"web-1", "web-2"}),
        ("send.localhost", "/admin", {"admin"}),
        ("send.localhost", "/admin/login/?next=/admin/", {"admin"}),
        ("store.localhost", "/admin/login/", {"seaweedfs"}),
        ("grafana.localhost", "/admin/login/", {"grafana"}),
    ],
)
def test_each_address_leads_to_its_service(caddy: Caddy, host: str, path: str, upstreams: set[str]):
    seen = {caddy.answer(host, path)[1].partition("\n")[0] for _ in range(8)}
    assert seen <= upstreams
    assert seen


def test_a_visitor_is_known_by_the_address_that_caddy_sees(caddy: Caddy):
    _, told = caddy.answer("send.localhost", "/", forwarded_for="203.0.113.5")
    headers = dict(line.split(": ", 1) for line in told.splitlines()[2:] if line)
    assert (headers["X-Forwarded-For"], headers["X-Forwarded-Proto"]) == ("127.0.0.1", "https")


def test_bodies_of_calls_end_at_13_mib_and_raw_uploads_do_not(caddy: Caddy):
    body = bytes(14 * 2**20)
    assert caddy.answer("send.localhost", "/transfers/complete/x", body)[0] == 413
    status, told = caddy.answer("send.localhost", "/transfers/upload/x", body)
    assert (status, told.splitlines()[1]) == (200, str(len(body)))


def test_while_one_web_process_is_away_the_other_answers(caddy: Caddy):
    gone = caddy.upstreams["web-1:8000"]
    gone.shutdown()
    gone.server_close()
    answers = [caddy.answer("send.localhost", "/", b"{}") for _ in range(8)]
    assert {status for status, _ in answers} == {200}
    assert {text.partition("\n")[0] for _, text in answers} == {"web-2"}
