"""The checks of what a visitor needs. Each raises CheckFailed, CallFailed or FormatError; `run`
turns that into a CheckResult."""

import contextlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sgraph_send.client.client import Client
from sgraph_send.client.connection import CallFailed, Connection
from sgraph_send.client.format import FormatError

TRANSFER_BYTES = 4096
EXPIRES_IN_SECONDS = 600
CERTIFICATE_SECONDS_MIN = 7 * 86400


class CheckFailed(Exception):
    """A check that did not pass; the message is a sentence without link, key or token."""


# Returns the seconds that each step took, where it has steps.
Check = Callable[[], dict[str, float] | None]


@dataclass(frozen=True)
class CheckResult:
    """`message` says what failed, and is empty for a check that passed; `steps` are seconds by
    step."""

    name: str
    message: str
    seconds: float
    steps: dict[str, float] = field(default_factory=dict)

    @property
    def has_passed(self) -> bool:
        return not self.message


def run(name: str, check: Check, slow_after_seconds: float) -> CheckResult:
    """The result of `check`, which fails as well when it takes more than `slow_after_seconds`."""
    started = time.monotonic()
    steps: dict[str, float] | None = None
    try:
        steps, message = check(), ""
    except (CallFailed, CheckFailed) as failure:
        message = str(failure)
    except FormatError as failure:
        message = f"What came back could not be opened ({failure.code})."
    except (KeyError, TypeError, IndexError):
        message = "An answer lacks what it must have."
    seconds = time.monotonic() - started
    if not message and seconds > slow_after_seconds:
        message = f"It took {seconds:.1f} s, more than {slow_after_seconds:g} s."
    return CheckResult(name, message, seconds, steps or {})


def health(connection: Connection) -> None:
    """The process answers. Raises CheckFailed, CallFailed."""
    _require_ok(connection.json("ask for health", "GET", "/info/health"))


def ready(connection: Connection, metrics_token: str) -> None:
    """Database, store, cache and migrations are ready; with the metrics token a failure names those
    that are not. Raises CheckFailed, CallFailed."""
    bearer = f"Bearer {metrics_token}" if metrics_token else ""
    try:
        _require_ok(
            connection.json("ask for readiness", "GET", "/info/ready", authorization=bearer)
        )
    except CallFailed as refusal:
        if refusal.status != 503:
            raise
        reasons = " ".join(refusal.body.get("reasons", []))
        raise CheckFailed(f"The site is not ready. {reasons}".rstrip()) from None


def transfer(connection: Connection, access_token: str) -> dict[str, float]:
    """Send 4 KiB of random bytes, receive, compare and delete them; returns seconds by step.

    Raises CheckFailed, CallFailed, FormatError.
    """
    client = Client(connection, access_token=access_token)
    content = os.urandom(TRANSFER_BYTES)
    sent = client.send(
        [("monitor.bin", content)], expires_in_seconds=EXPIRES_IN_SECONDS, max_downloads=1
    )
    try:
        received = client.receive(sent.transfer_id, sent.secret)
        if received.files != [("monitor.bin", content)]:
            raise CheckFailed("The transfer came back with other contents.")
    except Exception:
        # It expires by itself; the first failure is the one to report.
        with contextlib.suppress(CallFailed):
            client.delete(sent.transfer_id, sent.owner_token)
        raise
    state = client.delete(sent.transfer_id, sent.owner_token)
    if state != "deleted":
        raise CheckFailed("The transfer could not be deleted at once; cleanup has to.")
    return dict(client.seconds)


def certificate(ends_at: float) -> None:
    """It is valid for another week; `ends_at` in Unix time. Raises CheckFailed."""
    left_seconds = ends_at - time.time()
    if left_seconds < CERTIFICATE_SECONDS_MIN:
        raise CheckFailed(f"The certificate ends in {max(0, left_seconds) / 86400:.1f} days.")


def _require_ok(answer: dict[str, Any]) -> None:
    if answer.get("status") != "ok":
        raise CheckFailed("The answer is not that of this service.")
