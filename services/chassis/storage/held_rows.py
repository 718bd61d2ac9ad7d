"""Rows that one transaction holds in memory: read once, changed there, and written together before the commit.

A consumer handles many events in one transaction, and several of them concern the same rows. A store that locks its
rows when it reads them may keep them here until the end: nobody else can change them meanwhile, so they stay true.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

V = TypeVar("V")


class Held(Generic[V]):
    """Values by key, None for a row that is not there. `write` gets all changed values at once, sorted by key."""

    def __init__(self, write: Callable[[Mapping[str, V]], None]) -> None:
        self._write = write
        self._known: dict[str, V | None] = {}
        self._changed: dict[str, V] = {}

    def missing(self, keys: Sequence[str]) -> list[str]:
        """Return the keys that are not held yet, each once and sorted: rows are locked in one order by everybody."""
        return sorted(set(keys) - self._known.keys())

    def learn(self, key: str, value: V | None) -> None:
        """Keep what was read and locked."""
        self._known[key] = value

    def get(self, key: str) -> V | None:
        """Return the value as it is now; KeyError for a key that is not held."""
        return self._known[key]

    def change(self, key: str, value: V) -> None:
        """Keep a new value, to be written."""
        self._known[key] = self._changed[key] = value

    def write(self) -> None:
        """Write what changed since the last time."""
        if self._changed:
            changed, self._changed = self._changed, {}
            self._write(dict(sorted(changed.items())))

    def forget(self) -> None:
        """Hold nothing any more, and write nothing."""
        self._known.clear()
        self._changed.clear()
