"""The number of records per transaction: it grows while a consumer is behind, and shrinks after errors.

A failed batch is halved until the record at fault is alone, so that one bad record among four hundred costs nine
transactions instead of four hundred.
"""

from __future__ import annotations


class BatchSize:
    """Starts at ``first``, doubles up to ``most``, halves down to 1.

    ``longest`` limits a batch in seconds, since it holds locks, and on SQLite blocks all other writers.
    """

    def __init__(self, first: int = 20, most: int = 400, *, longest: float = 0.5) -> None:
        self.now = first
        self._most = most
        self._longest = longest

    def after_success(self, count: int, seconds: float) -> None:
        """Double after a full batch that was quick; halve after a batch that took too long."""
        if seconds > self._longest:
            self.now = max(1, self.now // 2)
        elif count >= self.now and seconds < self._longest / 2:
            self.now = min(self._most, self.now * 2)

    def after_failure(self) -> None:
        """Halve after an error."""
        self.now = max(1, self.now // 2)
