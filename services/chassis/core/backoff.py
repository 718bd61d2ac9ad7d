"""Exponential back-off with jitter: waits grow with each attempt, and half of each is random to spread the load."""

from __future__ import annotations

import random


class Backoff:
    """Waiting times in seconds, drawn between half and the whole of a step that doubles up to ``longest``."""

    def __init__(self, *, first: float = 0.1, longest: float = 10.0) -> None:
        self._first = first
        self._longest = longest
        self._tries = 0

    @property
    def tries(self) -> int:
        """Return the number of waits since the last success."""
        return self._tries

    def next(self) -> float:
        """Return the next wait in seconds, and count it."""
        self._tries += 1
        return wait_after(self._tries, first=self._first, longest=self._longest)

    def reset(self) -> None:
        """Start again from the first step, after a success."""
        self._tries = 0


def wait_after(tries: int, *, first: float, longest: float) -> float:
    """Return the wait in seconds after ``tries`` failed attempts (1 or more)."""
    step = min(longest, first * 2.0 ** min(tries - 1, 60))
    return step * random.uniform(0.5, 1.0)
