"""A site that is restarted or reloaded behind each shipped proxy, while visitors go on calling."""

import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from harness.live_site import ROOT, LiveSite
from harness.process import ChildProcess
from harness.shipped_proxy import NAMES, ShippedProxy
from harness.waiting import wait_until
from tests.actors import Sender

VISITORS = 4
_AS_SYSTEMD_DOES = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.executable, [sys.executable, "manage.py", "serve"])
"""


class SocketActivatedSite(LiveSite):
    """The server gets a socket that stays open while it is away (sd_listen_fds(3)), as from
    sgraph-send.socket in docs/self-host.md."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        super().__init__(folder, settings)
        self.listener = socket.create_server(("127.0.0.1", int(self.environment["PORT"])))

    def start(self) -> "SocketActivatedSite":
        number = self.listener.fileno()
        self._child = ChildProcess(
            [sys.executable, "-c", _AS_SYSTEMD_DOES, str(number)],
            log_path=self.log_path,
            env=self.environment,
            cwd=ROOT,
            pass_fds=[number],
        )
        self._child.wait_ready(self._healthy)
        return self


@pytest.fixture(scope="module", params=NAMES)
def proxied(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, collected_static: None
) -> Iterator[tuple[ShippedProxy, LiveSite]]:
    folder = tmp_path_factory.mktemp(request.param)
    proxy = ShippedProxy(request.param, folder)
    site = SocketActivatedSite(
        folder / "site",
        {
            "SGRAPH_SEND__PUBLIC_URL": proxy.url,
            "SGRAPH_SEND__RATES": "off",
            "SGRAPH_SEND__CLEANUP_EVERY_SECONDS": "0",
            "SGRAPH_SEND__STATIC_DIR": str(settings.STATIC_ROOT),
        },
    )
    site.start()
    proxy.start(site.url.removeprefix("http://"))
    yield proxy, site
    proxy.stop()
    site.kill()


class Visitors:
    """They read and send without a pause; `answers` are the statuses they got, or exceptions."""

    def __init__(self, proxy: ShippedProxy) -> None:
        self._proxy = proxy
        self.answers: list[object] = []
        self._stop = threading.Event()

    @contextmanager
    def calling(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._call) for _ in range(VISITORS)]
        for thread in threads:
            thread.start()
        try:
            self.wait_for_answers()
            yield
            self.wait_for_answers()
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def wait_for_answers(self) -> None:
        before = len(self.answers)
        wait_until(lambda: len(self.answers) > before + 10 * VISITORS, "more answers")

    @property
    def failures(self) -> list[object]:
        return [answer for answer in self.answers if answer != 200]

    def _call(self) -> None:
        body = json.dumps(Sender().creation())
        while not self._stop.is_set():
            try:
                with self._proxy.visit() as visitor:
                    for method, path in (("GET", "/"), ("POST", "/transfers/create")):
                        visitor.request(method, path, body if method == "POST" else None)
                        answer = visitor.getresponse()
                        answer.read()
                        self.answers.append(answer.status)
            except OSError as exc:
                self.answers.append(exc)


def workers(site: LiveSite) -> set[str]:
    pid = site.process.pid
    return set(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


def test_no_call_fails_while_the_site_is_restarted(proxied: tuple[ShippedProxy, LiveSite]):
    proxy, site = proxied
    visitors = Visitors(proxy)
    with visitors.calling():
        started = time.monotonic()
        site.stop()
        site.start()
        away_seconds = time.monotonic() - started
    assert visitors.failures == [], f"{len(visitors.answers)} calls, away for {away_seconds:.1f} s"


def test_no_call_fails_while_the_site_is_reloaded(proxied: tuple[ShippedProxy, LiveSite]):
    proxy, site = proxied
    visitors = Visitors(proxy)
    before = workers(site)
    with visitors.calling():
        os.kill(site.process.pid, signal.SIGHUP)
        wait_until(lambda: workers(site) and not before & workers(site), "new processes")
    assert visitors.failures == [], f"{len(visitors.answers)} calls"
