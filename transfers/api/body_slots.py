"""Places for bodies: a bounded number at once. When all are taken, who stands still gives way."""

import socket
import threading
import time
from contextlib import suppress

from transfers import errors

LEAVING_SECONDS = 1


class Place:
    """One of the places; `moved` says that its body has gone on."""

    def __init__(self, connection: socket.socket | None, how: int) -> None:
        self.connection, self.how = connection, how
        self.moved()

    def moved(self) -> None:
        self.moved_at = time.monotonic()


class Places:
    """`count` places, for as long as bodies take.

    Peers that take all the time that their deadlines give are nobody's trouble, until somebody else
    has no place: then whoever has not moved for `patience_seconds`, the longest first, loses the
    connection.
    """

    def __init__(self, count: int, patience_seconds: float) -> None:
        self._patience_seconds = patience_seconds
        self._free = threading.BoundedSemaphore(count)
        self._held: set[Place] = set()
        self._lock = threading.Lock()

    def take(self, connection: socket.socket | None, how: int) -> Place:
        """`how` is what ends the body: SHUT_RD for one that comes, SHUT_RDWR for one that goes.

        Raises Unavailable `server_busy` when all places are taken by those who move.
        """
        if not self._free.acquire(blocking=False) and not (
            self._send_one_away() and self._free.acquire(timeout=LEAVING_SECONDS)
        ):
            raise errors.Unavailable(
                "server_busy", "Too many transfers run at this moment. Try again in a moment."
            )
        place = Place(connection, how)
        with self._lock:
            self._held.add(place)
        return place

    def give_back(self, place: Place) -> None:
        with self._lock:
            self._held.discard(place)
        self._free.release()

    def _send_one_away(self) -> bool:
        # Under the lock, because a place that was given back belongs to a connection that goes on.
        with self._lock:
            at_hand = [place for place in self._held if place.connection is not None]
            slowest = min(at_hand, key=lambda place: place.moved_at, default=None)
            if not slowest or time.monotonic() - slowest.moved_at < self._patience_seconds:
                return False
            slowest.moved()
            with suppress(OSError):  # closed meanwhile
                slowest.connection.shutdown(slowest.how)
            return True
