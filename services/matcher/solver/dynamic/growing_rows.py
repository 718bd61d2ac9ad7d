"""Many growing lists side by side in one array."""

import numpy as np

from ..arrays import I64


class Segments:
    """Where each list starts and ends; the content is kept by the caller. Moving a list doubles its room."""

    def __init__(self, lengths: I64, room: int) -> None:
        behind = np.cumsum(lengths + room).astype(np.int64)
        self.start: I64 = behind - lengths - room
        self.end: I64 = behind - room
        self._limit: I64 = behind.copy()
        self.size = int(behind[-1]) if len(behind) else 0

    def add(self, room: int) -> None:
        """Add an empty list."""
        self.start = np.append(self.start, self.size)
        self.end = np.append(self.end, self.size)
        self.size += room
        self._limit = np.append(self._limit, self.size)

    def stretch(self, which: int, by: int) -> tuple[slice, slice] | None:
        """Lengthen a list; return from where to where its content moves, None where it stays."""
        if self.end[which] + by <= self._limit[which]:
            self.end[which] += by
            return None
        length = int(self.end[which] - self.start[which])
        moved = slice(int(self.start[which]), int(self.end[which])), slice(self.size, self.size + length)
        self.start[which], self.end[which] = self.size, self.size + length + by
        self.size += 2 * (length + by)
        self._limit[which] = self.size
        return moved
