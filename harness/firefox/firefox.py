"""One headless Firefox as a Python object."""

import json
import subprocess
import time
from pathlib import Path
from typing import Any, Self

from harness import node
from harness.firefox import installation
from harness.waiting import wait_until

_SCRIPT = Path(__file__).with_name("driver.js")
_UNFINISHED = ".part"
_RESERVED_AT_MOST_S = 5


class FirefoxError(Exception):
    """The driver or the page raised; the message says what."""


class Firefox:
    """Use as a context manager; what pages save arrives in `download_folder`."""

    def __init__(self, download_folder: Path) -> None:
        self.download_folder = download_folder

    def __enter__(self) -> Self:
        executable = installation.firefox_path()
        if not executable:
            raise FirefoxError("no Firefox: run `make firefox`")
        self._process = subprocess.Popen(
            node.command(_SCRIPT, installation.DRIVER_FOLDER, executable, self.download_folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *exception: object) -> None:
        try:
            self._process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()

    @property
    def pid(self) -> int:
        """The driver's process; the browser's are below it."""
        return self._process.pid

    def call(self, name: str, **arguments: Any) -> Any:
        """The result of one of the calls in driver.js; FirefoxError when it raises."""
        self._process.stdin.write(json.dumps({"call": name, "input": arguments}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        answer = json.loads(line) if line else {"error": "the driver ended"}
        if "error" in answer:
            raise FirefoxError(answer["error"])
        return answer["result"]

    def open(self, url: str) -> "Tab":
        return Tab(self, self.call("open", url=url))

    def saved(self) -> Path:
        """The one file that a page saved, whole; it has not been asked for before."""
        whole = wait_until(self._whole, "a finished download", timeout_s=120)
        return whole[0]

    def _whole(self) -> list[Path]:
        """Firefox reserves the name with an empty file, a moment before it writes one beside it."""
        found = list(self.download_folder.iterdir())
        return [] if any(map(_is_unfinished, found)) else found


def _is_unfinished(path: Path) -> bool:
    if path.suffix == _UNFINISHED:
        return True
    kept = path.stat()
    return kept.st_size == 0 and time.time() - kept.st_mtime < _RESERVED_AT_MOST_S


class Tab:
    """One page in a profile of its own."""

    def __init__(self, firefox: Firefox, number: int) -> None:
        self._firefox = firefox
        self._number = number

    def __getattr__(self, name: str) -> Any:
        """The calls of driver.js for this tab, by their names."""
        return lambda **arguments: self._firefox.call(name, tab=self._number, **arguments)

    def reach(self, state: str) -> None:
        arrived = self.waitState(states=[state, "failed", "damaged", "unsupported-browser"])
        assert arrived == state, f"{arrived}: {self.sentence()} {self.problems()}"
