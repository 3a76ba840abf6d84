"""The site as an operator runs it: `manage.py serve` in a process of its own."""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import ClassVar

from harness.ports import free_port
from harness.process import ChildProcess

ROOT = Path(__file__).resolve().parents[1]
_OURS = ("SGRAPH_SEND__", "AWS_", "DJANGO_")
_OURS_BY_NAME = {"DATABASE_URL", "REDIS_URL", "HOST", "PORT"}


def inherited_environment() -> dict[str, str]:
    """The environment without anything that the site would read."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_OURS) and name not in _OURS_BY_NAME
    }


def _shared_static_folder() -> str | None:
    """Collecting takes seconds; the sites of one test run use one folder."""
    return os.environ.get("SGRAPH_SEND__STATIC_DIR")


class LiveSite:
    """One running site with a data folder, port and log of its own.

    `settings` wins over the defaults here: local store, uploads open, one origin on 127.0.0.1.
    """

    all: ClassVar[list["LiveSite"]] = []  # of this test run, also those that have ended

    def __init__(self, folder: Path, settings: dict[str, str] | None = None) -> None:
        LiveSite.all.append(self)
        folder.mkdir(parents=True, exist_ok=True)
        port = free_port()
        host = (settings or {}).get("HOST", "127.0.0.1")
        self.url = f"http://{host}:{port}"
        self.data_folder = folder / "data"
        self.log_path = folder / "site.log"
        self._child: ChildProcess | None = None
        self.environment = {
            **inherited_environment(),
            "HOST": host,
            "PORT": str(port),
            "SGRAPH_SEND__DATA_DIR": str(self.data_folder),
            "SGRAPH_SEND__STORE": "local",
            "SGRAPH_SEND__UPLOAD_ACCESS": "open",
            "SGRAPH_SEND__PUBLIC_URL": self.url,
            **({"SGRAPH_SEND__STATIC_DIR": shared} if (shared := _shared_static_folder()) else {}),
            **(settings or {}),
        }

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    @property
    def is_running(self) -> bool:
        return self._child is not None

    @property
    def process(self) -> ChildProcess:
        if self._child is None:
            raise RuntimeError("the site is not running")
        return self._child

    def start(self) -> "LiveSite":
        self._child = ChildProcess(
            [sys.executable, "manage.py", "serve"],
            log_path=self.log_path,
            env=self.environment,
            cwd=ROOT,
        )
        self._child.wait_ready(self._healthy)
        return self

    def stop(self) -> int:
        """Ends the site as an operator would; returns its exit status."""
        status = self.process.stop()
        self._child = None
        return status

    def kill(self) -> None:
        """Ends the site as a power cut would."""
        self.process.kill()
        self._child = None

    def manage(self, *arguments: str, timeout_s: float = 60) -> subprocess.CompletedProcess[str]:
        """Runs a management command with the site's environment; never raises on failure."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/info/health", timeout=2) as answer:
                return answer.status == 200
        except urllib.error.HTTPError:
            return False
