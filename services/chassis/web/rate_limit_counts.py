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

from limits.storage import RedisStorage, Storage

from services.chassis.core.circuit_breaker import Breaker, run_in_background

T = TypeVar("T")
PATIENCE = 0.05
"""The longest time in seconds that a request waits for Redis."""

_MANY = 10_000  # number of keys above which ended windows are deleted


def storage_address(redis_url: str) -> str:
    """Return the URI of these counters for the limiter; with an empty ``redis_url`` they are in the process only."""
    return f"shared+{redis_url}" if redis_url else "local://"


class LocalCounts:
    """Counts of fixed windows in this process: key -> (count, end of the window in seconds since 1970)."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._windows: dict[str, tuple[int, float]] = {}

    def add(self, key: str, seconds: int, amount: int) -> int:
        """Add ``amount`` under ``key``; return the count of the window, which begins with its first hit."""
        now = self._now()
        with self._lock:
            count, end = self._windows.get(key, (0, 0.0))
            count, end = (count + amount, end) if end > now else (amount, now + seconds)
            if key not in self._windows and len(self._windows) >= _MANY:
                self._windows = {known: window for known, window in self._windows.items() if window[1] > now}
            self._windows[key] = count, end
            return count

    def window(self, key: str) -> tuple[int, float]:
        """Return the count under ``key`` and the end of its window, or (0, now) without a window."""
        now = self._now()
        with self._lock:
            count, end = self._windows.get(key, (0, 0.0))
        return (count, end) if end > now else (0, now)

    def drop(self, key: str | None = None) -> None:
        """Delete the count of one key, or all counts."""
        with self._lock:
            if key is None:
                self._windows.clear()
            else:
                self._windows.pop(key, None)


class LimitCounts(Storage):
    """A storage of the limiter (see ``limits.storage.Storage``) that never raises when Redis is unavailable.

    ``local://`` counts in the process only, ``shared+redis://host:6379/0`` (``rediss``, ``unix``) in both.
    """

    STORAGE_SCHEME = [  # noqa: RUF012 - the library's own attribute
        "local",
        "shared+redis",
        "shared+rediss",
        "shared+unix",
    ]

    def __init__(
        self,
        uri: str = "local://",
        wrap_exceptions: bool = False,
        *,
        now: Callable[[], float] = time.time,
        run: Callable[[Callable[[], None]], None] = run_in_background,
        **options: Any,
    ) -> None:
        super().__init__(uri, wrap_exceptions, **options)
        self._local = LocalCounts(now)
        address = uri.removeprefix("shared+")
        self._redis = None if address == uri else _redis_storage(address)
        self._breaker = Breaker("redis", self._probe, run=run)

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        """Return no class: this storage raises no errors of its backend."""
        return ()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add ``amount`` under ``key`` for ``expiry`` seconds; return the larger count."""
        local = self._local.add(key, expiry, amount)
        return max(local, self._call_redis(lambda shared: shared.incr(key, expiry, amount), 0))

    def get(self, key: str) -> int:
        """Return the larger count under ``key``."""
        return max(self._local.window(key)[0], self._call_redis(lambda shared: shared.get(key), 0))

    def get_expiry(self, key: str) -> float:
        """Return the end of the window of ``key`` in seconds since 1970."""
        return max(self._local.window(key)[1], self._call_redis(lambda shared: shared.get_expiry(key), 0.0))

    def check(self) -> bool:
        """Return True: limits are always counted."""
        return True

    def reset(self) -> int | None:
        """Delete every count."""
        self._local.drop()
        return self._call_redis(lambda shared: shared.reset(), None)

    def clear(self, key: str) -> None:
        """Delete the count under ``key``."""
        self._local.drop(key)
        self._call_redis(lambda shared: shared.clear(key), None)

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
