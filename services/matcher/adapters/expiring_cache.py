"""What was read a moment ago, let go when nobody asks for it any more."""

import threading
from datetime import timedelta
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Fleeting(Generic[K, V]):
    """Keeps values by key; safe to share between threads.

    What nobody asked for in the last ``fresh`` is let go, so that nothing of somebody who was erased stays longer.
    Above ``most`` values nothing more is taken in for a while.
    """

    def __init__(self, *, fresh: timedelta = timedelta(seconds=60), most: int = 100_000) -> None:
        self._half = fresh.total_seconds() / 2
        self._most = most
        self._lock = threading.Lock()
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}
        self._turning = False

    def get(self, key: K) -> V | None:
        """The value of a key, which stays the longer for it; None when it is not kept."""
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is not None:
                self.keep(key, found)
        return found

    def keep(self, key: K, value: V) -> None:
        """Keep a value, in place of the one before."""
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
        timer.daemon = True  # a process that ends forgets anyway
        timer.start()

    def _turn(self) -> None:
        """What was asked for since the last turn stays for one more; the rest is let go."""
        self._old, self._young = self._young, {}
        self._turning = False
        if self._old:
            self._turn_later()
