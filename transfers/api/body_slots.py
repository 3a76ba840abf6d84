"""A bounded number of slots for bodies, so that short calls find a thread however slow others are.

Who holds a slot must make progress. Who makes none while somebody else waits is evicted sooner.
"""

import socket
import threading
import time
from contextlib import suppress

from transfers import errors

CHECK_EVERY_SECONDS = 0.5
RELEASE_SECONDS = 1


class Slot:
    """One body on its way, received or sent; a context that releases it unless `handed_over`.

    The connection is shut down, reading only while a body is received so that the peer can still
    be told why, when `progress_seconds` pass without a call of `progressed`.
    """

    def __init__(
        self,
        slots: "BodySlots",
        connection: socket.socket | None,
        *,
        is_sending: bool,
        progress_seconds: float,
    ) -> None:
        self._slots = slots
        self._connection = connection
        self._shutdown_how = socket.SHUT_RDWR if is_sending else socket.SHUT_RD
        self._progress_seconds = progress_seconds
        self.handed_over = False
        self.progressed()

    def __enter__(self) -> "Slot":
        return self

    def __exit__(self, *failure: object) -> None:
        if not self.handed_over:
            self.release()

    def progressed(self) -> None:
        self._progressed_at = time.monotonic()

    def stalled_seconds(self) -> float:
        return time.monotonic() - self._progressed_at

    def is_overdue(self) -> bool:
        return self.stalled_seconds() > self._progress_seconds

    def release(self) -> None:
        self._slots.release(self)

    def evict(self) -> None:
        """End the body; whoever reads or sends it releases the slot."""
        self.progressed()
        if self._connection is not None:
            with suppress(OSError):  # closed meanwhile
                self._connection.shutdown(self._shutdown_how)


class BodySlots:
    """`count` slots; when all are taken, a body that has stalled for `evictable_seconds` ends."""

    def __init__(self, count: int, evictable_seconds: float) -> None:
        self._evictable_seconds = evictable_seconds
        self._free = threading.BoundedSemaphore(count)
        self._held: set[Slot] = set()
        self._lock = threading.Lock()
        self._watcher: threading.Thread | None = None

    def take(
        self, connection: socket.socket | None, *, is_sending: bool, progress_seconds: float
    ) -> Slot:
        """Raises Unavailable `server_busy` when all slots are held by bodies that make progress."""
        if not self._free.acquire(blocking=False) and not (
            self._evict_longest_stalled() and self._free.acquire(timeout=RELEASE_SECONDS)
        ):
            raise errors.Unavailable(
                "server_busy", "Too many transfers run at this moment. Try again in a moment."
            )
        slot = Slot(self, connection, is_sending=is_sending, progress_seconds=progress_seconds)
        with self._lock:
            self._held.add(slot)
            if self._watcher is None:  # not earlier: a fork would not have the thread
                self._watcher = threading.Thread(target=self._watch, name="slots", daemon=True)
                self._watcher.start()
        return slot

    def release(self, slot: Slot) -> None:
        with self._lock:
            self._held.discard(slot)
        self._free.release()

    # Evictions happen under the lock: the connection of a released slot goes on to other requests.

    def _evict_longest_stalled(self) -> bool:
        with self._lock:
            stalled = max(self._held, key=Slot.stalled_seconds, default=None)
            if stalled is None or stalled.stalled_seconds() < self._evictable_seconds:
                return False
            stalled.evict()
            return True

    def _watch(self) -> None:
        pause = threading.Event()
        while True:
            pause.wait(CHECK_EVERY_SECONDS)
            with self._lock:
                for slot in filter(Slot.is_overdue, self._held):
                    slot.evict()
