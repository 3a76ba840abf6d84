"""The outside check of the template fails when, and only when, an address does not answer well."""

import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.aws.cloudformation import load

RUN = "exports.handler().then(() => console.info('well'), (error) => console.info(error.message))"


class _Answers(BaseHTTPRequestHandler):
    """Answers /200 with 200 and so on; /302 leads to /200."""

    def do_GET(self) -> None:
        self.send_response(int(self.path[1:]))
        if self.path == "/302":
            self.send_header("location", "/200")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def check(*addresses: str) -> str:
    """What the check says of these addresses, run by Node.js as AWS does."""
    script = load()["Resources"]["OutsideCheck"]["Properties"]["Code"]["Script"]
    said = subprocess.run(
        ["node", "-e", f"{script}\n{RUN}"],
        env={**os.environ, "ADDRESSES": " ".join(addresses)},
        capture_output=True,
        text=True,
        check=True,
    )
    return said.stdout.strip()


def test_all_is_well_when_every_address_answers(origin: str):
    assert check(f"{origin}/200", f"{origin}/200") == "well"


@pytest.mark.parametrize("status", [204, 403, 503])
def test_one_address_that_answers_otherwise_is_named(origin: str, status: int):
    address = f"{origin}/{status}"
    assert check(f"{origin}/200", address) == f"{address} answered {status}"


def test_being_led_elsewhere_is_no_answer(origin: str):
    assert check(f"{origin}/302") == "fetch failed"


def test_nobody_there_is_no_answer():
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        assert check(f"http://127.0.0.1:{deaf.getsockname()[1]}/200") == "fetch failed"


def test_the_handler_is_in_the_file_that_is_named():
    code = load()["Resources"]["OutsideCheck"]["Properties"]["Code"]
    assert code["Handler"] == "check.handler"
    assert "exports.handler" in code["Script"]
