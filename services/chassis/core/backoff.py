"""How long to wait before trying again: longer each time, never all at once (half of it is chance)."""

from __future__ import annotations

import random


class Backoff:
    """Waiting times in seconds: somewhere between half and the whole of a step that doubles up to `longest`."""

    def __init__(self, *, first: float = 0.1, longest: float = 10.0) -> None:
        self._first = first
        self._longest = longest
        self._tries = 0

    @property
    def tries(self) -> int:
        """Return how often it has been asked since the last success."""
        return self._tries

    def next(self) -> float:
        """Return how long to wait now, and count it."""
        self._tries += 1
        return wait_after(self._tries, first=self._first, longest=self._longest)

    def reset(self) -> None:
        """Begin again after a success."""
        self._tries = 0


def wait_after(tries: int, *, first: float, longest: float) -> float:
    """Return the wait after so many tries (1 or more)."""
    step = min(longest, first * 2.0 ** min(tries - 1, 60))
    return step * random.uniform(0.5, 1.0)
