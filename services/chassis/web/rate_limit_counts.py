"""The counters of the rate limits: in this process, and also in Redis so that processes count together.

Limits hold without Redis: every hit is also counted in the process, and the larger count decides. Redis has 50 ms to
answer. The first request that gets no answer waits for that long; then a circuit breaker skips Redis until it answers
again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from limits.storage import RedisStorage

from services.chassis.core.circuit_breaker import Breaker, run_in_background

T = TypeVar("T")
PATIENCE = 0.05
"""The longest time in seconds that a request waits for Redis."""

_MANY = 10_000  # number of keys from which ended windows are deleted
_MOST = 200_000  # number of keys above which the oldest are forgotten: about 50 MB


class LocalCounts:
    """Counts of fixed windows in this process: key -> (count, end of the window in seconds since 1970)."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._windows: dict[str, tuple[int, float]] = {}
        self._tidy_at = _MANY

    def add(self, key: str, seconds: int) -> int:
        """Add 1 under ``key``; return the count of the window, which begins with its first hit."""
        now = self._now()
        with self._lock:
            count, end = self._windows.get(key, (0, 0.0))
            count, end = (count + 1, end) if end > now else (1, now + seconds)
            if key not in self._windows and len(self._windows) >= self._tidy_at:
                self._tidy(now)
            self._windows[key] = count, end
            return count

    def _tidy(self, now: float) -> None:
        """Delete ended windows, and the oldest above ``_MOST``; the next time when their number has doubled."""
        self._windows = {known: window for known, window in self._windows.items() if window[1] > now}
        while len(self._windows) >= _MOST:
            del self._windows[next(iter(self._windows))]
        self._tidy_at = min(_MOST, max(_MANY, 2 * len(self._windows)))

    def window(self, key: str) -> tuple[int, float]:
        """Return the count under ``key`` and the end of its window, or (0, now) without a window."""
        now = self._now()
        with self._lock:
            count, end = self._windows.get(key, (0, 0.0))
        return (count, end) if end > now else (0, now)


class LimitCounts:
    """Counts in this process, and in Redis where there is one; never raises when Redis is unavailable."""

    def __init__(
        self,
        redis_url: str = "",
        *,
        now: Callable[[], float] = time.time,
        run: Callable[[Callable[[], None]], None] = run_in_background,
    ) -> None:
        self._local = LocalCounts(now)
        self._redis = _redis_storage(redis_url) if redis_url else None
        self._breaker = Breaker("redis", self._probe, run=run)

    def incr(self, key: str, expiry: int) -> int:
        """Add 1 under ``key``, in a window of ``expiry`` seconds; return the larger count."""
        local = self._local.add(key, expiry)
        return max(local, self._call_redis(lambda shared: shared.incr(key, expiry), 0))

    def get(self, key: str) -> int:
        """Return the larger count under ``key``."""
        return max(self._local.window(key)[0], self._call_redis(lambda shared: shared.get(key), 0))

    def get_expiry(self, key: str) -> float:
        """Return the end of the window of ``key`` in seconds since 1970."""
        return max(self._local.window(key)[1], self._call_redis(lambda shared: shared.get_expiry(key), 0.0))

    def local_end(self, key: str) -> float:
        """Return the end of the window of ``key`` as this process knows it, in seconds since 1970."""
        return self._local.window(key)[1]

    def _call_redis(self, call: Callable[[RedisStorage], T], default: T) -> T:
        """Return the answer of Redis, or ``default`` when there is no Redis or it is unavailable."""
        if self._redis is None or self._breaker.is_open():
            return default
        try:
            return call(self._redis)
        except (self._redis.dependency.RedisError, OSError):
            self._breaker.trip()
            return default

    def _probe(self) -> None:
        if self._redis is not None:
            self._redis.get_connection().ping()


def _redis_storage(address: str) -> RedisStorage:
    from redis.backoff import NoBackoff  # imported here: a process without Redis does not need it
    from redis.retry import Retry

    options: dict[str, Any] = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE}
    options["retry"] = Retry(NoBackoff(), 0)
    return RedisStorage(address, **options)
