"""A headless Chromium that is left alone while the clock runs.

Its debugging pipe stays open, but a page is attached to only for a moment at a time: an attached
debugger copies every request body and slows uploads several times over.
"""

import fcntl
import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from typing import Any, Self

from harness.chromium import QUIET, system_chromium

TASKS = Path(__file__).with_name("page_tasks.js").read_text()
ANSWER_TIMEOUT_S = 60
POLL_SECONDS = 0.05
FINISHED_TITLE = "bench:"


class PageFailed(RuntimeError):
    """A page ended in another state than it was to reach."""


class Chromium:
    """Use as a context manager; profile and downloads live below `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.download_folder = folder / "downloads"
        self._answers: dict[int, Queue] = {}
        self._downloads: Queue = Queue()
        self._last_id = 0

    def __enter__(self) -> Self:
        self.download_folder.mkdir(parents=True, exist_ok=True)
        to_read, self._commands = map(_high, os.pipe())
        self._events, to_write = map(_high, os.pipe())
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        options = [*QUIET, *sandbox, f"--user-data-dir={self._folder / 'profile'}"]
        # Chromium reads commands from descriptor 3 and writes to 4; it ends when they are closed.
        rewired = f'exec "$@" 3<&{to_read} 4>&{to_write} {to_read}<&- {to_write}>&- 2>/dev/null'
        shell = ["bash", "-c", rewired, "chromium", system_chromium() or "chromium"]
        self._process = subprocess.Popen(
            [*shell, "--headless=new", "--remote-debugging-pipe", *options, "about:blank"],
            pass_fds=(to_read, to_write),
        )
        os.close(to_read)
        os.close(to_write)
        threading.Thread(target=self._listen, daemon=True).start()
        self.allow_downloads()
        return self

    def __exit__(self, *exception: object) -> None:
        os.close(self._commands)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def pid(self) -> int:
        return self._process.pid

    def call(self, method: str, session: str | None = None, **params: Any) -> dict:
        """One command of the DevTools protocol; RuntimeError when Chromium refuses it."""
        self._last_id += 1
        answer = self._answers[self._last_id] = Queue()
        message = {"id": self._last_id, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._commands, data) :]
        try:
            reply = answer.get(timeout=ANSWER_TIMEOUT_S)
        except Empty:
            raise TimeoutError(f"Chromium did not answer {method}") from None
        if "error" in reply:
            raise RuntimeError(f"{method}: {reply['error']}")
        return reply["result"]

    def allow_downloads(self) -> None:
        self.call(
            "Browser.setDownloadBehavior",
            behavior="allow",
            downloadPath=str(self.download_folder),
            eventsEnabled=True,
        )

    def version(self) -> str:
        return self.call("Browser.getVersion")["product"]

    def open(self, url: str, *, without_csp: bool = False) -> "Tab":
        """A new tab at `url`; without its CSP it can run what the bench brings along."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        tab = Tab(self, target)
        with tab.attached() as session:
            self.call("Page.setBypassCSP", session, enabled=without_csp)
            self.call("Page.navigate", session, url=url)
            tab.wait_loaded(session, url)
            tab.evaluate(session, TASKS)
        return tab

    def title_of(self, target: str) -> str:
        listed = self.call("Target.getTargets")["targetInfos"]
        return next((info["title"] for info in listed if info["targetId"] == target), "")

    def download_finished(self, timeout_s: float) -> float:
        """When the next download was whole on disk, as `time.monotonic()`."""
        try:
            state, moment = self._downloads.get(timeout=timeout_s)
        except Empty:
            raise PageFailed("no download was finished") from None
        if state != "completed":
            raise PageFailed(f"a download was {state}")
        return moment

    def clear_downloads(self) -> None:
        for path in self.download_folder.iterdir():
            path.unlink()
        while not self._downloads.empty():
            self._downloads.get()

    def _listen(self) -> None:
        with os.fdopen(self._events, "rb") as pipe:
            unread = b""
            while chunk := os.read(pipe.fileno(), 2**20):
                *messages, unread = (unread + chunk).split(b"\0")
                for message in messages:
                    self._take(json.loads(message))

    def _take(self, message: dict) -> None:
        if "id" in message:
            self._answers.pop(message["id"]).put(message)
        elif message["method"] == "Browser.downloadProgress":
            state = message["params"]["state"]
            if state != "inProgress":
                self._downloads.put((state, time.monotonic()))


def _high(descriptor: int) -> int:
    """The same pipe under a number that is not among those which Chromium is given."""
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return moved


class Tab:
    """One page; its methods attach for as long as they run."""

    def __init__(self, chromium: Chromium, target: str) -> None:
        self._chromium = chromium
        self._target = target

    @contextmanager
    def attached(self) -> Iterator[str]:
        call = self._chromium.call
        session = call("Target.attachToTarget", targetId=self._target, flatten=True)["sessionId"]
        try:
            yield session
        finally:
            call("Target.detachFromTarget", sessionId=session)

    def evaluate(self, session: str, expression: str, **options: Any) -> Any:
        answer = self._chromium.call(
            "Runtime.evaluate", session, expression=expression, userGesture=True, **options
        )
        if "exceptionDetails" in answer:
            raise PageFailed(json.dumps(answer["exceptionDetails"])[:2000])
        return answer["result"].get("value")

    def run(self, expression: str) -> Any:
        """The value of an expression; a promise is waited for."""
        with self.attached() as session:
            return self.evaluate(session, expression, awaitPromise=True, returnByValue=True)

    def wait_loaded(self, session: str, url: str) -> None:
        page = url.split("#")[0].rstrip("/")
        loaded = f"location.href.startsWith({page!r}) && document.readyState === 'complete'"
        self._poll(lambda: self.evaluate(session, loaded), f"{page} to load", timeout_s=30)

    def wait_state(self, *states: str, timeout_s: float = 60) -> str:
        """Polls while attached: for moments outside of the measurement."""
        seen = ""

        def arrived() -> str | None:
            nonlocal seen
            seen = self.evaluate(session, "document.querySelector('main').dataset.state")
            return seen if seen in states else None

        with self.attached() as session:
            try:
                return self._poll(arrived, f"one of the states {states}", timeout_s=timeout_s)
            except PageFailed as exc:
                raise PageFailed(f"{exc}; the page is in {seen!r}") from None

    def wait_for(self, expression: str, timeout_s: float = 30) -> None:
        """Polls while attached until it is true: for moments outside of the measurement."""
        with self.attached() as session:
            self._poll(lambda: self.evaluate(session, expression), expression, timeout_s=timeout_s)

    def choose(self, test_id: str, path: Path) -> None:
        with self.attached() as session:
            selector = json.dumps(f'[data-testid="{test_id}"]')
            found = self._chromium.call(
                "Runtime.evaluate", session, expression=f"document.querySelector({selector})"
            )
            self._chromium.call(
                "DOM.setFileInputFiles",
                session,
                objectId=found["result"]["objectId"],
                files=[str(path)],
            )

    def start(self, task: str, **arguments: Any) -> None:
        """Starts one of page_tasks.js and lets go of the page."""
        with self.attached() as session:
            self.evaluate(session, f"void bench.start({task!r}, {json.dumps(arguments)})")

    def finish(self, timeout_s: float) -> dict:
        """Waits, detached, for what `start` began; what it says of itself, `ms` among it."""
        title = self._poll(self._finished_title, "the page's end", timeout_s=timeout_s)
        result = self.run("bench.result")
        if title != f"{FINISHED_TITLE}done":
            raise PageFailed(f"{title}: {result}")
        return result

    def close(self) -> None:
        self._chromium.call("Target.closeTarget", targetId=self._target)

    def _finished_title(self) -> str | None:
        title = self._chromium.title_of(self._target)
        return title if title.startswith(FINISHED_TITLE) else None

    @staticmethod
    def _poll(probe: Any, awaited: str, *, timeout_s: float) -> Any:
        deadline = time.monotonic() + timeout_s
        while not (seen := probe()):
            if time.monotonic() > deadline:
                raise PageFailed(f"waited {timeout_s:.0f} s for {awaited}")
            time.sleep(POLL_SECONDS)
        return seen
