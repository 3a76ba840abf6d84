"""How long calls of a store take and how often they fail, for the metrics."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from transfers.statistics import metrics
from transfers.stores.base import StoreUnavailable


class Stopwatch:
    """Runs from the start, but for the pauses in which the store waits for others."""

    def __init__(self) -> None:
        self._started_at = time.perf_counter()
        self._paused_seconds = 0.0

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._started_at - self._paused_seconds

    @contextmanager
    def paused(self) -> Iterator[None]:
        paused_at = time.perf_counter()
        try:
            yield
        finally:
            self._paused_seconds += time.perf_counter() - paused_at

    def paused_for(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The same chunks; the time that their sender takes does not count."""
        source = iter(chunks)
        while True:
            with self.paused():
                chunk = next(source, None)
            if chunk is None:
                return
            yield chunk


@contextmanager
def timed(verb: str) -> Iterator[Stopwatch]:
    """Record one call of a store, also as a decorator; only StoreUnavailable counts as failed."""
    stopwatch = Stopwatch()
    try:
        yield stopwatch
    except Exception as exc:
        metrics.store_called(verb, stopwatch.seconds, isinstance(exc, StoreUnavailable))
        raise
    metrics.store_called(verb, stopwatch.seconds, False)
