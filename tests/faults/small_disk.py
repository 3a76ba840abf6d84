"""A Chromium whose profile lies on a small disk of its own, which can be filled up."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext

from harness.chromium import QUIET, system_chromium
from harness.waiting import wait_until

# In a mount namespace of its own, so that neither root nor a mount point outside is needed.
_LAUNCHER = """#!/bin/bash
exec unshare --map-root-user --mount bash -c '
mount -t tmpfs -o size={size_mib}m none "{profile}" || exit 1
(
  until [ -e "{fill}" ]; do kill -0 $$ || exit; sleep 0.05; done
  cat /dev/zero > "{profile}/filler"
  touch "{fill}.done"
) 2>/dev/null &
exec "{chromium}" "$@"' chromium "$@"
"""


class SmallDisk:
    """One browser profile on `size_mib` of memory disk."""

    def __init__(self, folder: Path, size_mib: int) -> None:
        self._profile = folder / "profile"
        self._profile.mkdir()
        self._fill = folder / "fill"
        self._launcher = folder / "chromium"
        self._launcher.write_text(
            _LAUNCHER.format(
                size_mib=size_mib,
                profile=self._profile,
                fill=self._fill,
                chromium=system_chromium(),
            )
        )
        self._launcher.chmod(0o755)

    @contextmanager
    def browser(self, driver: Browser) -> Iterator[BrowserContext]:
        """A profile in a browser of its own; `driver` is any other one of the same Playwright."""
        context = driver.browser_type.launch_persistent_context(
            self._profile,
            executable_path=self._launcher,
            args=QUIET,
            chromium_sandbox=os.geteuid() != 0,
        )
        yield context
        context.close()

    def fill(self) -> None:
        """From now on not a byte more fits."""
        self._fill.touch()
        done = self._fill.with_name("fill.done")
        wait_until(done.exists, "a full disk", timeout_s=60)
