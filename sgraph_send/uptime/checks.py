"""One look at each thing that a visitor needs; none of them raises."""

import contextlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sgraph_send.client.client import Client
from sgraph_send.client.connection import CallFailed, Connection
from sgraph_send.client.format import FormatError

TRANSFER_BYTES = 4096
EXPIRES_IN_SECONDS = 600
CERTIFICATE_SECONDS_MIN = 7 * 86400


class Wrong(Exception):
    """What a look found wrong, as a sentence without link, key or token."""


@dataclass(frozen=True)
class Look:
    """`sentence` is empty when all was well; `steps` are seconds by step."""

    name: str
    sentence: str
    seconds: float
    steps: dict[str, float] = field(default_factory=dict)

    @property
    def is_well(self) -> bool:
        return not self.sentence


def take(name: str, ask: Callable[[], dict[str, float] | None], slow_after_seconds: float) -> Look:
    """Ask, and tell what came of it; an answer that took too long is wrong as well."""
    started = time.monotonic()
    steps: dict[str, float] | None = None
    try:
        steps, sentence = ask(), ""
    except (CallFailed, Wrong) as failure:
        sentence = str(failure)
    except FormatError as failure:
        sentence = f"What came back could not be opened ({failure.code})."
    except (KeyError, TypeError, IndexError):
        sentence = "An answer lacks what it must have."
    seconds = time.monotonic() - started
    if not sentence and seconds > slow_after_seconds:
        sentence = f"It took {seconds:.1f} s, more than {slow_after_seconds:g} s."
    return Look(name, sentence, seconds, steps or {})


def health(connection: Connection) -> None:
    """The process answers."""
    _require_ok(connection.json("ask for health", "GET", "/info/health"))


def ready(connection: Connection, metrics_token: str) -> None:
    """Database, store, cache and migrations; with the metrics token it says which of them not."""
    bearer = f"Bearer {metrics_token}" if metrics_token else ""
    try:
        _require_ok(
            connection.json("ask for readiness", "GET", "/info/ready", authorization=bearer)
        )
    except CallFailed as refusal:
        if refusal.status != 503:
            raise
        reasons = " ".join(refusal.told.get("reasons", []))
        raise Wrong(f"The site is not ready. {reasons}".rstrip()) from None


def transfer(connection: Connection, access_token: str) -> dict[str, float]:
    """Send a few random bytes, receive and compare them, delete them; seconds by step."""
    client = Client(connection, access_token=access_token)
    content = os.urandom(TRANSFER_BYTES)
    sent = client.send(
        [("monitor.bin", content)], expires_in_seconds=EXPIRES_IN_SECONDS, max_downloads=1
    )
    try:
        received = client.receive(sent.transfer_id, sent.secret)
        if received.files != [("monitor.bin", content)]:
            raise Wrong("The transfer came back with other contents.")
    except Exception:
        # It expires by itself; what went wrong first is what counts.
        with contextlib.suppress(CallFailed):
            client.delete(sent.transfer_id, sent.owner_token)
        raise
    state = client.delete(sent.transfer_id, sent.owner_token)
    if state != "deleted":
        raise Wrong("The transfer could not be deleted at once; cleanup has to.")
    return dict(client.seconds)


def certificate(ends_at: float) -> None:
    """It does not end soon; `ends_at` in Unix time."""
    left_seconds = ends_at - time.time()
    if left_seconds < CERTIFICATE_SECONDS_MIN:
        raise Wrong(f"The certificate ends in {max(0, left_seconds) / 86400:.1f} days.")


def _require_ok(told: dict) -> None:
    if told.get("status") != "ok":
        raise Wrong("The answer is not that of this service.")
