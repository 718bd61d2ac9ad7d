"""A cache whose values expire when they are no longer read."""

import threading
from datetime import timedelta
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class ExpiringCache(Generic[K, V]):
    """Values by key; safe to share between threads.

    A value that was not read in the last ``fresh`` is dropped, so that facts of an erased person do not stay longer.
    Above ``most`` values, new ones are not stored for a while.
    """

    def __init__(self, *, fresh: timedelta = timedelta(seconds=60), most: int = 100_000) -> None:
        self._half = fresh.total_seconds() / 2
        self._most = most
        self._lock = threading.Lock()
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}
        self._turning = False

    def get(self, key: K) -> V | None:
        """Return the value of a key, and keep it longer; None when it is not stored."""
        value = self._young.get(key)
        if value is None:
            value = self._old.get(key)
            if value is not None:
                self.keep(key, value)
        return value

    def keep(self, key: K, value: V) -> None:
        """Store a value, replacing the one before."""
        if key in self._young or len(self._young) < self._most:
            self._young[key] = value
            self._old.pop(key, None)
        if not self._turning:
            self._turn_later()

    def _turn_later(self) -> None:
        with self._lock:
            if self._turning:
                return
            self._turning = True
        timer = threading.Timer(self._half, self._turn)
        timer.daemon = True  # must not keep the process alive
        timer.start()

    def _turn(self) -> None:
        """Keep values read since the last turn for one more turn; drop the others."""
        self._old, self._young = self._young, {}
        self._turning = False
        if self._old:
            self._turn_later()
