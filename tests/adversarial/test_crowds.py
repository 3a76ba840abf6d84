"""Many more peers than the site has threads, each as slow as it may be, at the proxies as shipped:
nobody else waits."""

import http.client
import json
import resource
import ssl
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from django.conf import settings

from harness.live_site import LiveSite
from harness.shipped_proxy import ShippedProxy
from harness.waiting import wait_until
from tests.actors import MIB, Sender, random_secret
from tests.adversarial.wire import request
from tests.commands.http_calls import call
from transfers.tokens import encode_b64u

THREADS = 8
CROWD = 12 * THREADS
SILENCE_SECONDS = 5
AT_ONCE_SECONDS = 0.5
CALLS = 9


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def proxied(
    request: pytest.FixtureRequest,
    start_site_for_session: Callable[..., LiveSite],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[ShippedProxy, LiveSite]]:
    """Whoever stands still for 5 s may be asked to leave, and must move after 20 s in any case."""
    proxy = ShippedProxy(request.param, tmp_path_factory.mktemp(request.param))
    site = start_site_for_session(
        SGRAPH_SEND__THREADS=str(THREADS),
        SGRAPH_SEND__RATES="off",
        SGRAPH_SEND__BODY_SILENCE_SECONDS=str(SILENCE_SECONDS),
        SGRAPH_SEND__PUBLIC_URL=proxy.url,
        SGRAPH_SEND__TRUSTED_PROXIES="127.0.0.1",
    )
    proxy.start(site.url.removeprefix("http://"))
    yield proxy, site
    proxy.stop()


@pytest.fixture
def proxy(proxied: tuple[ShippedProxy, LiveSite]) -> ShippedProxy:
    return proxied[0]


@pytest.fixture
def site(proxied: tuple[ShippedProxy, LiveSite]) -> LiveSite:
    return proxied[1]


@contextmanager
def peers(
    proxy: ShippedProxy, text: bytes, count: int = CROWD, received_bytes: int = 0
) -> Iterator[list[ssl.SSLSocket]]:
    """Connections that have said `text` and say no more, and read nothing."""
    connections = []
    try:
        for _ in range(count):
            connections.append(proxy.connect(received_bytes=received_bytes))
            connections[-1].sendall(text)
        yield connections
    finally:
        for connection in connections:
            connection.close()


def answers_at_once(proxy: ShippedProxy) -> bool:
    """Whether a visitor's short calls, with and without a body, are answered without waiting: on
    average, so that a busy machine may be late with one of them, and a crowd with none."""
    waited = []
    with proxy.visit("127.0.0.4") as visitor:
        for _ in range(CALLS):
            for method, path in (("GET", "/info/health"), ("POST", "/transfers/create")):
                body = json.dumps(Sender().creation()) if method == "POST" else None
                started = time.monotonic()
                visitor.request(method, path, body)
                answer = visitor.getresponse()
                answer.read()
                waited.append(time.monotonic() - started)
                assert answer.status == 200
    return statistics.mean(waited) < AT_ONCE_SECONDS


def head(method: str, path: str, *lines: str) -> bytes:
    """A request that does not end its connection."""
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *lines, "", ""]).encode()


ASKING = ("Content-Type: application/json", "Expect: 100-continue")
HALF_A_HEAD = b"GET /info/config HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + b"a" * 4000
CROWDS = {
    "body_after_100_continue": head("POST", "/transfers/create", *ASKING, "Content-Length: 50"),
    "length_with_zeros": head("POST", "/transfers/create", *ASKING, "Content-Length: 0000050"),
    "half_a_head": HALF_A_HEAD,
    "most_of_a_body": request("POST", "/transfers/create", b"{" * 60_000, length=60_001),
    "half_a_part": request("PUT", "/transfers/local/a/b/parts/0?size=9", b"x", length=9),
}
MORE_CROWDS = {
    "nothing": b"",
    "a_letter": b"G",
    "half_a_body": request("POST", "/transfers/manifest/x", b"{", length=99),
    "a_letter_after_a_request": head("GET", "/info/health") + b"G",
    "answered_and_not_closed": request("GET", "/info/health"),
    "refused_with_a_body_to_come": request("POST", "/d/x", b"x", length=9 * MIB),
    "half_a_manifest": request("POST", "/transfers/complete/x", b"{", length=9 * MIB),
    "half_a_form": request("POST", "/info/waitlist", b"{", length=9 * MIB),
    "half_a_raw_upload": request("POST", "/transfers/upload/x", b"{", length=9 * MIB),
    "raw_upload_after_100_continue": head(
        "POST", "/transfers/upload/x", *ASKING, "Content-Length: 50"
    ),
    "signing_after_100_continue": head(
        "POST", "/transfers/upload/x/sign", *ASKING, "Content-Length: 50"
    ),
}


@pytest.mark.parametrize(
    "text",
    [
        *(pytest.param(text, id=name) for name, text in CROWDS.items()),
        *(
            pytest.param(text, id=name, marks=pytest.mark.long)
            for name, text in MORE_CROWDS.items()
        ),
    ],
)
def test_a_crowd_of_slow_peers_keeps_nobody_waiting(proxy: ShippedProxy, text: bytes):
    with peers(proxy, text):
        assert answers_at_once(proxy)


def test_who_asks_for_many_files_and_reads_none_keeps_nobody_waiting(proxy: ShippedProxy):
    files = (file for file in Path(settings.STATIC_ROOT).rglob("*") if file.is_file())
    largest = max(files, key=lambda file: file.stat().st_size)
    path = f"{settings.STATIC_URL}{largest.relative_to(settings.STATIC_ROOT)}"
    with peers(proxy, head("GET", path) * 30, count=70, received_bytes=4096):
        assert answers_at_once(proxy)


def test_heads_that_come_letter_by_letter_keep_nobody_waiting(proxy: ShippedProxy):
    with peers(proxy, b"G") as connections, Dripping(connections, lambda each: each.send(b"a")):
        assert answers_at_once(proxy)


@pytest.mark.long
def test_more_connections_than_a_worker_takes_leave_room_for_the_next(proxy: ShippedProxy):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))
    with peers(proxy, b"", 1100):
        assert answers_at_once(proxy)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def uploaded(site: LiveSite, sender: Sender) -> Sender:
    created = call(site, "POST", "/transfers/create", sender.creation())
    sender.transfer_id = created["transfer_id"]
    path = f"{created['upload_url']}/sign"
    [part] = call(site, "POST", path, {"parts": [0]}, **sender.owner_header)["parts"]
    with closing(http.client.HTTPConnection(site.url.removeprefix("http://"))) as connection:
        connection.request("PUT", part["url"], sender.payload)
        assert connection.getresponse().status == 200
    return sender


def lease_url(site: LiveSite, sender: Sender) -> str:
    body = sender.recipient().proofs | {"lease_token": random_secret()}
    return call(site, "POST", f"/transfers/download/{sender.transfer_id}/lease", body)["url"]


class Dripping:
    """Does a little with each connection now and then, so that it is never silent."""

    def __init__(
        self, connections: list[ssl.SSLSocket], little: Callable[[ssl.SSLSocket], object]
    ) -> None:
        self._connections, self._little = connections, little
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._drip, daemon=True)

    def __enter__(self) -> "Dripping":
        for connection in self._connections:
            connection.setblocking(False)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _drip(self) -> None:
        while not self._stop.wait(0.2):
            for connection in self._connections:
                with suppress(OSError):
                    self._little(connection)


@pytest.mark.long
def test_readers_of_a_byte_now_and_then_give_way_to_one_who_reads(
    proxy: ShippedProxy, site: LiveSite
):
    sender = uploaded(site, Sender(payload=bytes(40 * MIB), part_bytes=40 * MIB))
    manifest = {"manifest": encode_b64u(sender.sealed_manifest)}
    path = f"/transfers/complete/{sender.transfer_id}"
    call(site, "POST", path, manifest, **sender.owner_header)
    url = lease_url(site, sender)

    def is_read() -> bool:
        with proxy.visit("127.0.0.4") as visitor:
            visitor.request("GET", url)
            return len(visitor.getresponse().read()) == len(sender.payload)

    slow = peers(proxy, head("GET", url), THREADS, received_bytes=4096)
    with slow as connections, Dripping(connections, lambda each: each.recv(1)):
        started = time.monotonic()
        assert answers_at_once(proxy)
        wait_until(is_read, "a place for one who reads")
    # By its own deadline none of them would have to go before four times the silence.
    assert time.monotonic() - started < 3.5 * SILENCE_SECONDS
