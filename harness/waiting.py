"""Waiting for something to become true, with a deadline."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class NotReady(AssertionError):
    """The deadline passed; the message names what was awaited and what was seen last."""


def wait_until(
    probe: Callable[[], Found], awaited: str, *, timeout_s: float = 30, every_s: float = 0.05
) -> Found:
    """The first truthy answer of `probe`; an `OSError` counts as "not yet".

    Raises:
        NotReady: after `timeout_s` seconds.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            seen = probe()
        except OSError as exc:
            seen, last = None, repr(exc)
        else:
            last = repr(seen)
        if seen:
            return seen
        if time.monotonic() > deadline:
            raise NotReady(f"{awaited} did not happen within {timeout_s} s; last seen: {last}")
        time.sleep(every_s)
