"""Many more peers than the site has threads, each as slow as it may be: nobody else waits."""

import http.client
import json
import resource
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import pytest

from tests.actors import MIB, Sender, random_secret
from tests.adversarial.wire import connect, request
from tests.commands.http_calls import call
from tests.services.live_site import LiveSite
from tests.services.waiting import wait_until
from transfers.tokens import encode_b64u

THREADS = 8
CROWD = 12 * THREADS
SILENCE_SECONDS = 5
# Less than one turn of a thread that waits for its peer; a crowd would take a dozen of them.
AT_ONCE_SECONDS = 12


@pytest.fixture(scope="module")
def site(start_site_for_session) -> LiveSite:
    """Whoever stands still for 5 s may be asked to leave, and must move after 20 s in any case."""
    return start_site_for_session(
        SGRAPH_SEND__THREADS=str(THREADS),
        SGRAPH_SEND__RATES="off",
        SGRAPH_SEND__BODY_SILENCE_SECONDS=str(SILENCE_SECONDS),
    )


@contextmanager
def peers(site: LiveSite, text: bytes, count: int = CROWD) -> Iterator[list[socket.socket]]:
    """Connections that have said `text` and say no more."""
    connections = [connect(site) for _ in range(count)]
    for connection in connections:
        connection.sendall(text)
    try:
        yield connections
    finally:
        for connection in connections:
            connection.close()


def answers_at_once(site: LiveSite) -> bool:
    """Whether a page's short calls, with and without a body, are answered without waiting."""
    started = time.monotonic()
    assert call(site, "GET", "/info/health") == {"status": "ok"}
    assert call(site, "POST", "/transfers/create", Sender().creation())["part_count"] == 1
    return time.monotonic() - started < AT_ONCE_SECONDS


CROWDS = {
    "nothing": b"",
    "a_letter": b"G",
    "half_a_head": b"GET /info/config HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + b"a" * 4000,
    "half_a_body": request("POST", "/transfers/manifest/x", b"{", length=99),
    "most_of_a_body": request("POST", "/transfers/create", b"{" * 60_000, length=60_001),
    "a_letter_after_a_request": b"GET /info/health HTTP/1.1\r\nHost: localhost\r\n\r\nG",
    "answered_and_not_closed": request("GET", "/info/health"),
    "refused_with_a_body_to_come": request("POST", "/d/x", b"x", length=9 * MIB),
    "half_a_part": request("PUT", "/transfers/local/a/b/parts/0?size=9", b"x", length=9),
}


@pytest.mark.parametrize("text", CROWDS.values(), ids=list(CROWDS))
def test_a_crowd_of_slow_peers_keeps_nobody_waiting(site: LiveSite, text: bytes):
    with peers(site, text):
        assert answers_at_once(site)


@pytest.mark.parametrize("path", ["/transfers/complete/x", "/transfers/upload/x", "/info/waitlist"])
def test_a_crowd_of_large_bodies_leaves_threads_for_short_calls(site: LiveSite, path: str):
    with peers(site, request("POST", path, b"{", length=9 * MIB)):
        assert answers_at_once(site)


def test_a_large_manifest_is_taken_although_others_stand_still(site: LiveSite):
    sender = uploaded(site, Sender(sealed_manifest=bytes(MIB)))
    body = {"manifest": encode_b64u(sender.sealed_manifest)}

    def is_taken() -> bool:
        with closing(http.client.HTTPConnection(site.url.removeprefix("http://"))) as connection:
            path = f"/transfers/complete/{sender.transfer_id}"
            connection.request("POST", path, json.dumps(body), sender.owner_header)
            answer = connection.getresponse()
            assert answer.status in (200, 503), answer.read()
            return answer.status == 200

    with peers(site, request("POST", "/transfers/complete/x", b"{", length=9 * MIB)):
        wait_until(is_taken, "a place for the manifest")


def test_more_connections_than_a_worker_takes_leave_room_for_the_next(site: LiveSite):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))
    with peers(site, b"", 1100):
        assert answers_at_once(site)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_request_that_comes_in_pieces_is_answered(site: LiveSite):
    text = request("POST", "/transfers/create", json.dumps(Sender().creation()).encode())
    with closing(connect(site)) as connection:
        for at in range(0, len(text), 90):
            connection.sendall(text[at : at + 90])
            # Each piece arrives alone: the next is sent once the other has left.
            call(site, "GET", "/info/health")
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert answer.status == 200
        answer.close()


def test_half_a_body_is_told_why_nobody_waits_longer(site: LiveSite):
    text = request("POST", "/transfers/manifest/x", b"{", length=99)
    with closing(connect(site)) as connection:
        connection.sendall(text)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert (answer.status, json.load(answer)["code"]) == (408, "upload_interrupted")
        answer.close()


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


class SlowReaders:
    """Each takes a byte now and then, so that it is never silent."""

    def __init__(self, connections: list[socket.socket]) -> None:
        self.connections = connections
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> "SlowReaders":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _read(self) -> None:
        while not self._stop.wait(0.2):
            for connection in self.connections:
                with suppress(OSError):
                    connection.recv(1, socket.MSG_DONTWAIT)


def test_readers_of_a_byte_now_and_then_give_way_to_one_who_reads(site: LiveSite):
    sender = uploaded(site, Sender(payload=bytes(40 * MIB), part_bytes=40 * MIB))
    manifest = {"manifest": encode_b64u(sender.sealed_manifest)}
    path = f"/transfers/complete/{sender.transfer_id}"
    call(site, "POST", path, manifest, **sender.owner_header)
    url = lease_url(site, sender)

    def is_read() -> bool:
        with closing(http.client.HTTPConnection(site.url.removeprefix("http://"))) as connection:
            connection.request("GET", url)
            answer = connection.getresponse()
            return len(answer.read()) == len(sender.payload)

    with peers(site, request("GET", url), THREADS) as connections, SlowReaders(connections):
        started = time.monotonic()
        assert answers_at_once(site)
        wait_until(is_read, "a place for one who reads")
    # By its own deadline none of them would have to go before four times the silence.
    assert time.monotonic() - started < 3.5 * SILENCE_SECONDS
