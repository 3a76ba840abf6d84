"""Counters that processes share in Redis, and each keeps for itself while Redis is away."""

from collections.abc import Callable

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis import RedisError
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from transfers.access.circuit_breaker import outage

ENTRIES_MAX = 100_000
ANSWER_SECONDS = 0.5

# Once more on a fresh connection, since Redis may have restarted; never for one that is slow.
_RETRY = Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,))

# One command, so that no counter is left without an end.
_COUNT = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return count
"""


class SharedCounters(RedisCache):
    """The cache of django-ratelimit, which calls `add`, and then `incr` or `get` of the same key.

    Here `add` asks everything in one round trip, and what follows answers from that. An instance
    belongs to one thread (django.core.cache.caches).
    """

    def __init__(self, server: str, params: dict) -> None:
        limits = {"socket_timeout": ANSWER_SECONDS, "socket_connect_timeout": ANSWER_SECONDS}
        options = {**limits, "retry": _RETRY, **params.get("OPTIONS", {})}
        super().__init__(server, {**params, "OPTIONS": options})
        self._alone = LocMemCache("counted-alone", {"OPTIONS": {"MAX_ENTRIES": ENTRIES_MAX}})
        self._seen: int | None = None

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None) -> bool:
        """True for a key that was not there. With `value` 1 it counts, with 0 it looks only."""
        name = self.make_and_validate_key(key, version=version)
        seconds = self.get_backend_timeout(timeout)
        self._seen = self._ask(lambda: self._counted(name, seconds) if value else self._read(name))
        if self._seen is None:
            outage.count_alone()
            return self._alone.add(key, value, timeout, version)
        return self._seen == value

    def incr(self, key, delta=1, version=None) -> int:
        return self._alone.incr(key, delta, version) if self._seen is None else self._seen

    def get(self, key, default=None, version=None):
        return self._alone.get(key, default, version) if self._seen is None else self._seen

    def _counted(self, name: str, seconds: int) -> int:
        return self._cache.get_client(name, write=True).eval(_COUNT, 1, name, seconds)

    def _read(self, name: str) -> int:
        return int(self._cache.get_client(name).get(name) or 0)

    def _ask(self, question: Callable[[], int]) -> int | None:
        """None while Redis is away."""
        if not outage.may_ask():
            return None
        try:
            answer = question()
        except (RedisError, OSError) as failure:
            outage.on_failure(failure)
            return None
        outage.on_answer()
        return answer
