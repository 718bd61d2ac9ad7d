"""The counters of the rate limits: in this process always, and in Redis as well, so that processes count together.

A limit holds while Redis is away: every hit is counted in the process too, and the larger of the two counts decides.
Redis gets 50 ms to answer. Whoever meets a Redis that does not answer waits for that long, once; then a breaker keeps
everybody away from it until it answers again.
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
"""Seconds a request waits for Redis at most."""

_MANY = 10_000  # keys, after which those whose window has ended are dropped


def storage_address(redis_url: str) -> str:
    """Return the address of these counters for the limiter; an empty `redis_url` counts in the process only."""
    return f"shared+{redis_url}" if redis_url else "local://"


class LocalCounts:
    """Fixed windows counted in this process: key -> (count, end of the window as seconds since 1970)."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._windows: dict[str, tuple[int, float]] = {}

    def add(self, key: str, seconds: int, amount: int) -> int:
        """Count `amount` more under `key`; return the count of the window, which begins with its first hit."""
        now = self._now()
        with self._lock:
            count, end = self._windows.get(key, (0, 0.0))
            count, end = (count + amount, end) if end > now else (amount, now + seconds)
            if key not in self._windows and len(self._windows) >= _MANY:
                self._windows = {known: window for known, window in self._windows.items() if window[1] > now}
            self._windows[key] = count, end
            return count

    def window(self, key: str) -> tuple[int, float]:
        """Return the count under `key` and when its window ends; (0, now) when there is none."""
        now = self._now()
        with self._lock:
            count, end = self._windows.get(key, (0, 0.0))
        return (count, end) if end > now else (0, now)

    def drop(self, key: str | None = None) -> None:
        """Forget one key, or all."""
        with self._lock:
            if key is None:
                self._windows.clear()
            else:
                self._windows.pop(key, None)


class LimitCounts(Storage):
    """Storage of the limiter (see `limits.storage.Storage`) that never raises because Redis is away.

    `local://` counts in the process only; `shared+redis://host:6379/0` (`rediss`, `unix`) in both.
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
        """Return no class: nothing is raised that would have to be wrapped."""
        return ()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count `amount` more under `key` for `expiry` seconds; return the larger count."""
        here = self._local.add(key, expiry, amount)
        return max(here, self._asked(lambda shared: shared.incr(key, expiry, amount), 0))

    def get(self, key: str) -> int:
        """Return the larger count under `key`."""
        return max(self._local.window(key)[0], self._asked(lambda shared: shared.get(key), 0))

    def get_expiry(self, key: str) -> float:
        """Return when the window of `key` ends, as seconds since 1970."""
        return max(self._local.window(key)[1], self._asked(lambda shared: shared.get_expiry(key), 0.0))

    def check(self) -> bool:
        """Tell that limits are counted, which they always are."""
        return True

    def reset(self) -> int | None:
        """Forget every count."""
        self._local.drop()
        return self._asked(lambda shared: shared.reset(), None)

    def clear(self, key: str) -> None:
        """Forget the count under `key`."""
        self._local.drop(key)
        self._asked(lambda shared: shared.clear(key), None)

    def _asked(self, ask: Callable[[RedisStorage], T], otherwise: T) -> T:
        """Return what Redis says, or `otherwise` where there is none or it is away."""
        if self._redis is None or self._breaker.is_open():
            return otherwise
        try:
            return ask(self._redis)
        except (self._redis.dependency.RedisError, OSError):
            self._breaker.trip()
            return otherwise

    def _probe(self) -> None:
        if self._redis is not None:
            self._redis.get_connection().ping()


def _redis_storage(address: str) -> RedisStorage:
    from redis.backoff import NoBackoff  # here, since a process without Redis does not need the client
    from redis.retry import Retry

    options: dict[str, Any] = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE}
    options["retry"] = Retry(NoBackoff(), 0)
    return RedisStorage(address, **options)
