"""A site behind nginx, Caddy and Traefik as docs/proxies.md sets them up."""

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from harness.live_site import LiveSite
from harness.shipped_proxy import NAMES, ShippedProxy
from harness.waiting import wait_until
from sgraph_send.client.client import Client
from sgraph_send.client.connection import Connection
from tests.actors import Sender
from tests.adversarial.test_hostile_requests import SMUGGLED, TWO_READINGS
from tests.commands.http_calls import call

METRICS_TOKEN = "let-me-see"
VISITOR, MADE_UP = "127.0.0.2", "192.0.2.77"


@pytest.fixture(scope="module", params=NAMES)
def proxied(
    request: pytest.FixtureRequest,
    start_site_for_session: Callable[..., LiveSite],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[ShippedProxy, LiveSite]]:
    proxy = ShippedProxy(request.param, tmp_path_factory.mktemp(request.param))
    site = start_site_for_session(
        SGRAPH_SEND__PUBLIC_URL=proxy.url,
        SGRAPH_SEND__METRICS_TOKEN=METRICS_TOKEN,
        SGRAPH_SEND__TRUSTED_PROXIES="127.0.0.1",
        SSL_CERT_FILE=str(proxy.certificate.certificate),
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


def caller(proxy: ShippedProxy, **headers: str) -> dict:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    given["Authorization"] = f"Bearer {METRICS_TOKEN}"
    with proxy.visit(VISITOR) as connection:
        connection.request("GET", "/info/status", headers=given)
        return json.load(connection.getresponse())["caller"]


def test_a_transfer_goes_through(proxy: ShippedProxy):
    client = Client(Connection(proxy.url, tls=proxy.trust))
    files = [("a.bin", b"0123456789abcdef" * 400_000)]
    sent = client.send(files)
    assert client.receive(sent.transfer_id, sent.secret).files == files
    assert client.delete(sent.transfer_id, sent.owner_token) == "deleted"


def test_the_visitor_is_known_and_can_not_be_somebody_else(proxy: ShippedProxy):
    for made_up in (
        {},
        {"X_Forwarded_For": MADE_UP},
        {"X_Forwarded_For": f"{MADE_UP}, 127.0.0.1"},
        {"X_Forwarded_Proto": "http"},
    ):
        seen = caller(proxy, **made_up)
        assert (seen["address"], seen["scheme"]) == (VISITOR, "https"), made_up
        assert (seen["peer"], seen["peer_is_trusted"]) == ("127.0.0.1", True)


def test_the_doctor_finds_nothing_wrong_with_the_way(proxy: ShippedProxy, site: LiveSite):
    found = json.loads(site.manage("doctor", "--json").stdout)
    checked = ("site", "headers", "bodies", "clock", "counters")
    wrong = [each for each in found["checks"] if each["result"] != "ok"]
    assert [each for each in wrong if each["check"] in checked] == []


def test_a_part_reaches_the_site_while_it_is_being_sent(proxy: ShippedProxy, site: LiveSite):
    sender = Sender(payload=b"x" * (6 * 2**20))
    created = call(site, "POST", "/transfers/create", sender.creation())
    owner = {"x-sgraph-owner-token": sender.owner_token}
    path = f"/transfers/upload/{created['transfer_id']}"
    part = call(site, "POST", f"{path}/sign", {"parts": [0]}, **owner)["parts"][0]
    drafts = site.data_folder / "store" / "uploads"
    half = part["size_bytes"] // 2
    with proxy.visit(VISITOR) as connection:
        connection.putrequest("PUT", part["url"])
        connection.putheader("Content-Length", str(part["size_bytes"]))
        connection.endheaders()
        connection.send(sender.payload[:half])
        wait_until(
            lambda: any(file.stat().st_size > 2**20 for file in drafts.rglob(".0*")), "half a part"
        )
        connection.send(sender.payload[half : part["size_bytes"]])
        assert connection.getresponse().status == 200


@contextmanager
def hanging_up(site: LiveSite) -> Iterator[None]:
    """In the place of the site somebody who ends every connection without an answer."""
    site.stop()
    with socket.create_server(("127.0.0.1", int(site.environment["PORT"]))) as listener:

        def hang_up() -> None:
            with suppress(OSError):
                while True:
                    listener.accept()[0].close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        try:
            yield
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
    site.start()


def test_its_logs_name_no_visitor_and_no_path(proxy: ShippedProxy, site: LiveSite):
    with hanging_up(site), proxy.visit(VISITOR) as connection:
        connection.request("POST", "/transfers/upload/SECRETPATH?signature=SECRETSIGN", b"{}")
        assert connection.getresponse().status == 502
    told = proxy.logged()
    assert not [word for word in ("SECRETPATH", "SECRETSIGN", VISITOR) if word in told]


BARE_LINE_ENDS = {
    "bare_line_feeds": b"Host: localhost\nContent-Length: 0\n\n" + SMUGGLED,
    "folded_line": b"Host: localhost\r\nX-Folded: a\r\n Content-Length: 9\r\n\r\n" + SMUGGLED,
    "space_before_colon": b"Host: localhost\r\nContent-Length : %d\r\n\r\n" % len(SMUGGLED)
    + SMUGGLED,
}
SMUGGLING = BARE_LINE_ENDS | {
    name: b"Host: localhost\r\n" + headers + b"\r\n\r\n" + rest
    for name, (headers, rest) in TWO_READINGS.items()
}


@pytest.mark.parametrize("lines", SMUGGLING.values(), ids=list(SMUGGLING))
def test_what_one_smuggles_reaches_nobody_elses_answer(proxy: ShippedProxy, lines: bytes):
    """Proxies reuse their connections: an answer that the proxy does not expect would be the next
    visitor's."""
    with proxy.connect("127.0.0.3") as connection:
        connection.sendall(b"POST /transfers/create HTTP/1.1\r\n" + lines)
        first = connection.recv(4096)
    assert re.match(rb"HTTP/1\.1 [45]\d\d ", first), first
    for _ in range(3):
        with proxy.visit(VISITOR) as connection:
            connection.request("GET", "/info/health")
            answer = connection.getresponse()
            assert (answer.status, json.load(answer)) == (200, {"status": "ok"})
