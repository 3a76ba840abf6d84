"""One WebKitGTK browser on a virtual screen."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait
from selenium.webdriver.webkitgtk.service import Service

from harness.waiting import wait_until
from harness.webkit import installation

TIMEOUT_S = 120
SCREEN = "1280x1024x24"
STOPPING_STATES = {"failed", "damaged", "unsupported-browser"}


class WebKit:
    """Use as a context manager. Pages save into `home`, MiniBrowser's home folder."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __enter__(self) -> Self:
        with ExitStack() as started:
            display = started.enter_context(_screen())
            options = webdriver.WebKitGTKOptions()
            options.binary_location = str(installation.minibrowser_path())
            options.add_argument("--automation")
            environment = os.environ | {
                "DISPLAY": display,
                "HOME": str(self.home),
                # Bubblewrap needs rights that containers lack; the pages are our own.
                "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
            }
            service = Service(executable_path=shutil.which(installation.DRIVER), env=environment)
            self.driver = webdriver.WebKitGTK(options=options, service=service)
            started.callback(self.driver.quit)
            self._started = started.pop_all()
        return self

    def __exit__(self, *exception: object) -> None:
        self._started.close()

    def open(self, url: str) -> None:
        """Load a page afresh, even where only the fragment differs."""
        self.driver.get("about:blank")
        self.driver.get(url)

    def find(self, test_id: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, f'[data-testid="{test_id}"]')

    def reach(self, state: str) -> None:
        """Wait until the page is in `state`; another final state fails at once."""

        def current(_: object) -> str | None:
            main = self.driver.find_element(By.TAG_NAME, "main")
            found = main.get_attribute("data-state")
            return found if found in {state, *STOPPING_STATES} else None

        assert WebDriverWait(self.driver, TIMEOUT_S).until(current) == state

    def saved(self, name: str) -> Path:
        """The file that a page saved under this name, once it is whole."""

        def found() -> Path | None:
            paths = [path for path in self.home.rglob(name) if path.is_file()]
            return paths[0] if paths else None

        return wait_until(found, f"{name} in the downloads", timeout_s=TIMEOUT_S)


@contextmanager
def _screen() -> Iterator[str]:
    """A virtual screen; yields its DISPLAY."""
    read_end, write_end = os.pipe()
    command = [installation.DISPLAY_SERVER, "-displayfd", str(write_end), "-nolisten", "tcp"]
    server = subprocess.Popen(
        [*command, "-screen", "0", SCREEN], pass_fds=[write_end], stderr=subprocess.DEVNULL
    )
    os.close(write_end)
    try:
        with os.fdopen(read_end) as announced:
            yield f":{announced.readline().strip()}"
    finally:
        server.terminate()
        server.wait()
