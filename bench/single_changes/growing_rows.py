"""Many growing lists in one array."""

import numpy as np

from services.matcher.solver.arrays import I64


class Segments:
    """Start and end of each list in an array of the caller. A list that is full moves and gets twice the size."""

    def __init__(self, lengths: I64, room: int) -> None:
        limit = np.cumsum(lengths + room).astype(np.int64)
        self.start: I64 = limit - lengths - room
        self.end: I64 = limit - room
        self._limit: I64 = limit.copy()
        self.size = int(limit[-1]) if len(limit) else 0

    def add(self, room: int) -> None:
        """Add an empty list."""
        self.start = np.append(self.start, self.size)
        self.end = np.append(self.end, self.size)
        self.size += room
        self._limit = np.append(self._limit, self.size)

    def stretch(self, row: int, by: int) -> tuple[slice, slice] | None:
        """Lengthen a list; return the slices from and to which its content moves, or None if it stays."""
        if self.end[row] + by <= self._limit[row]:
            self.end[row] += by
            return None
        length = int(self.end[row] - self.start[row])
        move = slice(int(self.start[row]), int(self.end[row])), slice(self.size, self.size + length)
        self.start[row], self.end[row] = self.size, self.size + length + by
        self.size += 2 * (length + by)
        self._limit[row] = self.size
        return move
