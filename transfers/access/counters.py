"""Counters that processes share in Redis, and that each keeps for itself while Redis is away."""

from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from transfers.access.circuit_breaker import CircuitBreaker, CircuitOpen
from transfers.statistics import metrics

ENTRIES_MAX = 100_000
ANSWER_SECONDS = 0.5

# One command, so that no counter is left without an end.
_COUNT = """
local count = redis.call('INCRBY', KEYS[1], ARGV[1])
if count == tonumber(ARGV[1]) then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return count
"""
_breaker = CircuitBreaker("the shared counters", (RedisError, OSError))


class SharedCounters(BaseCache):
    """The cache of django-ratelimit, which calls `add`, and then `incr` or `get` of the same key.

    Here `add` asks everything in one round trip, and what follows answers from that. An instance
    belongs to one thread (django.core.cache.caches).
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        # Again on a fresh connection, since Redis may have restarted; never for one that is slow.
        retry = Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,))
        redis = Redis.from_url(
            server,
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=ANSWER_SECONDS,
            retry=retry,
        )
        self._count = redis.register_script(_COUNT)
        self._alone = LocMemCache("counted-alone", {"OPTIONS": {"MAX_ENTRIES": ENTRIES_MAX}})
        self._shared: int | None = None

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Count `value`, which is 0 to look only; True for a key that was not there."""
        name = self.make_and_validate_key(key, version=version)
        try:
            self._shared = _breaker.call(lambda: self._count(keys=[name], args=[value, timeout]))
        except CircuitOpen:
            metrics.limiter_failed()
            self._shared = None
            return self._alone.add(key, value, timeout, version)
        return bool(self._shared == value)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return self._alone.incr(key, delta, version) if self._shared is None else self._shared

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._alone.get(key, default, version) if self._shared is None else self._shared
