"""How many records share a transaction: more while a consumer is behind, fewer when one of them goes wrong.

A batch that went wrong is halved until the record at fault stands alone, so that one bad record among four hundred
costs nine transactions and not four hundred.
"""

from __future__ import annotations


class BatchSize:
    """Begins at `first`, doubles up to `most`, halves down to 1.

    `longest` is how long a batch should take, seconds: it holds locks meanwhile, and on SQLite nobody else writes.
    """

    def __init__(self, first: int = 20, most: int = 400, *, longest: float = 0.5) -> None:
        self.now = first
        self._most = most
        self._longest = longest

    def went_well(self, count: int, seconds: float) -> None:
        """Grow after a full batch that was quick; shrink after one that took too long."""
        if seconds > self._longest:
            self.now = max(1, self.now // 2)
        elif count >= self.now and seconds < self._longest / 2:
            self.now = min(self._most, self.now * 2)

    def went_wrong(self) -> None:
        """Halve."""
        self.now = max(1, self.now // 2)
