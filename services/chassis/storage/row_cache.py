"""A transaction's rows in memory: read once, changed in memory, and written together before the commit.

A consumer handles many events in one transaction, and several of them concern the same rows. A store that locks its
rows when it reads them may keep them here until the commit: no other transaction can change them in between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

V = TypeVar("V")


class RowCache(Generic[V]):
    """Values by key, None for rows that do not exist. ``write`` gets all changed values at once, sorted by key."""

    def __init__(self, write: Callable[[Mapping[str, V]], None]) -> None:
        self._write = write
        self._values: dict[str, V | None] = {}
        self._changed: dict[str, V] = {}

    def missing(self, keys: Sequence[str]) -> list[str]:
        """Return the keys not in memory yet, sorted and without duplicates, so that all writers lock in one order."""
        return sorted(set(keys) - self._values.keys())

    def learn(self, key: str, value: V | None) -> None:
        """Add a value that was read and locked."""
        self._values[key] = value

    def get(self, key: str) -> V | None:
        """Return the current value; raises KeyError for a key not in memory."""
        return self._values[key]

    def change(self, key: str, value: V) -> None:
        """Set a new value, to be written before the commit."""
        self._values[key] = self._changed[key] = value

    def write(self) -> None:
        """Write the values changed since the last write."""
        if self._changed:
            changed, self._changed = self._changed, {}
            self._write(dict(sorted(changed.items())))

    def forget(self) -> None:
        """Drop all values without writing."""
        self._values.clear()
        self._changed.clear()
