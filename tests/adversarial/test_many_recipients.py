"""A hundred recipients on slow lines at a local store, through the proxies as shipped."""

import asyncio
import os
import re
import socket
import statistics
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator

import pytest

from harness.live_site import LiveSite
from harness.shipped_proxy import ShippedProxy
from tests.actors import MIB, Sender, random_secret
from tests.commands.http_calls import call
from transfers.tokens import encode_b64u

pytestmark = pytest.mark.long
RECIPIENTS = 100
BYTES_PER_SECOND = 64 * 2**10
READS_PER_SECOND = 4
PAYLOAD = os.urandom(3 * MIB)
AT_ONCE_SECONDS = 0.2


@pytest.fixture(params=["nginx", "caddy"])
def proxied(
    request: pytest.FixtureRequest, start_site: Callable[..., LiveSite], tmp_path
) -> Iterator[tuple[ShippedProxy, LiveSite]]:
    proxy = ShippedProxy(request.param, tmp_path)
    site = start_site(
        SGRAPH_SEND__RATES="off",
        SGRAPH_SEND__PUBLIC_URL=proxy.url,
        SGRAPH_SEND__TRUSTED_PROXIES="127.0.0.1",
        # Fewer slots than recipients, whatever the kernel keeps for slow ones.
        SGRAPH_SEND__THREADS="16",
    )
    proxy.start(site.url.removeprefix("http://"))
    yield proxy, site
    proxy.stop()


def sent(site: LiveSite) -> Sender:
    sender = Sender(payload=PAYLOAD)
    created = call(site, "POST", "/transfers/create", sender.creation())
    sender.transfer_id = created["transfer_id"]
    path = f"{created['upload_url']}/sign"
    [part] = call(site, "POST", path, {"parts": [0]}, **sender.owner_header)["parts"]
    with urllib.request.urlopen(
        urllib.request.Request(site.url + part["url"], PAYLOAD, method="PUT"), timeout=30
    ) as stored:
        assert stored.status == 200
    manifest = {"manifest": encode_b64u(sender.sealed_manifest)}
    path = f"/transfers/complete/{sender.transfer_id}"
    call(site, "POST", path, manifest, **sender.owner_header)
    return sender


class SlowRecipient:
    """Comes from an address of its own; waits and asks again when told that the site is busy."""

    def __init__(self, proxy: ShippedProxy, number: int, url: str) -> None:
        self._proxy, self._url = proxy, url
        self._address = f"127.0.1.{number + 1}"
        self.refusals = 0
        self.received = b""

    async def download(self) -> None:
        while retry_after_seconds := await self._try():
            self.refusals += 1
            await asyncio.sleep(retry_after_seconds)

    async def _try(self) -> int:
        """0 once all has come, otherwise for how long to wait (Retry-After)."""
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2 * BYTES_PER_SECOND)
        plain.bind((self._address, 0))
        plain.connect(("127.0.0.1", self._proxy.port))
        plain.setblocking(False)
        reader, writer = await asyncio.open_connection(
            sock=plain, ssl=self._proxy.trust, server_hostname="localhost", limit=BYTES_PER_SECOND
        )
        try:
            writer.write(f"GET {self._url} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            if " 503 " in head.partition("\r\n")[0]:
                return int(re.search(r"(?i)^retry-after: (\d+)", head, re.M)[1])
            assert " 200 " in head.partition("\r\n")[0], head
            while len(self.received) < len(PAYLOAD):
                chunk = await reader.read(BYTES_PER_SECOND // READS_PER_SECOND)
                assert chunk, f"ended after {len(self.received)} bytes"
                self.received += chunk
                await asyncio.sleep(len(chunk) / BYTES_PER_SECOND)
            return 0
        finally:
            writer.transport.abort()


class Visits:
    """What a visitor waits for a call and for a page, again and again."""

    def __init__(self, proxy: ShippedProxy, paths: list[str]) -> None:
        self._proxy = proxy
        self.seconds: dict[str, list[float]] = {path: [] for path in paths}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._visit)

    def __enter__(self) -> "Visits":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _visit(self) -> None:
        while not self._stop.wait(0.2):
            for path, seconds in self.seconds.items():
                started = time.monotonic()
                with self._proxy.visit("127.0.0.4") as visitor:
                    visitor.request("GET", path)
                    answer = visitor.getresponse()
                    answer.read()
                assert answer.status == 200
                seconds.append(time.monotonic() - started)


def test_all_downloads_end_whole_and_nobody_else_waits(proxied: tuple[ShippedProxy, LiveSite]):
    proxy, site = proxied
    sender = sent(site)
    body = sender.recipient().proofs | {"lease_token": random_secret()}
    url = call(site, "POST", f"/transfers/download/{sender.transfer_id}/lease", body)["url"]
    recipients = [SlowRecipient(proxy, number, url) for number in range(RECIPIENTS)]

    async def all_download() -> None:
        await asyncio.gather(*(recipient.download() for recipient in recipients))

    started = time.monotonic()
    with Visits(proxy, [f"/transfers/info/{sender.transfer_id}", "/"]) as visits:
        asyncio.run(all_download())
    took = time.monotonic() - started

    assert all(recipient.received == PAYLOAD for recipient in recipients)
    for path, seconds in visits.seconds.items():
        figures = f"median {statistics.median(seconds):.3f} s, worst {max(seconds):.3f} s"
        sys.stderr.write(f"{proxy.name} {path[:15]}: {figures} of {len(seconds)} calls\n")
    refusals = sum(recipient.refusals for recipient in recipients)
    load = os.getloadavg()[0]
    sys.stderr.write(f"all had it after {took:.0f} s; {refusals} times busy; load {load:.1f}\n")
    for seconds in visits.seconds.values():
        assert statistics.median(seconds) < AT_ONCE_SECONDS
