"""How long the verbs of a store take and how often they fail: measured once, for every store."""

import time
from collections.abc import Callable, Iterator
from functools import wraps

from transfers.statistics import metrics

# Signing asks nobody.
VERBS = (
    "begin",
    "write_part",
    "list_parts",
    "complete",
    "abort",
    "abort_all",
    "stat",
    "read",
    "delete",
    "traces",
)


class _Call:
    """One call of a verb; the time in which others held it up is not the store's."""

    def __init__(self, verb: str, failure: type[Exception]) -> None:
        self.verb, self.failure = verb, failure
        self.started, self.elsewhere_seconds = time.perf_counter(), 0.0

    def without(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Chunks of a body, for whose sender the store has to wait."""
        while True:
            asked = time.perf_counter()
            try:
                chunk = next(chunks, None)
            finally:
                self.elsewhere_seconds += time.perf_counter() - asked
            if chunk is None:
                return
            yield chunk

    def end(self, failed: Exception | None = None) -> None:
        seconds = time.perf_counter() - self.started - self.elsewhere_seconds
        metrics.store_called(self.verb, seconds, isinstance(failed, self.failure))


def measured(verb: str, method: Callable, failure: type[Exception]) -> Callable:
    """The same method, measured; only `failure` counts as the store's."""
    wrappers = {"read": _reading, "write_part": _writing}
    return wrappers.get(verb, _calling)(verb, method, failure)


def _calling(verb: str, method: Callable, failure: type[Exception]) -> Callable:
    @wraps(method)
    def call(store: object, *arguments: object, **named: object) -> object:
        measuring = _Call(verb, failure)
        try:
            result = method(store, *arguments, **named)
        except Exception as exc:
            measuring.end(exc)
            raise
        measuring.end()
        return result

    return call


def _writing(verb: str, method: Callable, failure: type[Exception]) -> Callable:
    @wraps(method)
    def call(
        store: object,
        transfer_id: str,
        upload_id: str,
        index: int,
        chunks: Iterator[bytes],
        *others: object,
        **named: object,
    ) -> object:
        measuring = _Call(verb, failure)
        own_chunks = measuring.without(iter(chunks))
        try:
            result = method(store, transfer_id, upload_id, index, own_chunks, *others, **named)
        except Exception as exc:
            measuring.end(exc)
            raise
        measuring.end()
        return result

    return call


def _reading(verb: str, method: Callable, failure: type[Exception]) -> Callable:
    @wraps(method)
    def call(store: object, *arguments: object, **named: object) -> Iterator[bytes]:
        measuring = _Call(verb, failure)
        try:
            for chunk in method(store, *arguments, **named):
                handed_over = time.perf_counter()
                yield chunk
                measuring.elsewhere_seconds += time.perf_counter() - handed_over
        except Exception as exc:
            measuring.end(exc)
            raise
        measuring.end()

    return call
