"""Keep the pools of busy programmes read, so that the round after a quiet hour is as quick as the one before.

A round reads only who changed since the pool was last read, and what was read is let go after a minute, for the sake of
those who are erased. So a worker that has run a round reads that pool again every so often: whoever is gone by then is
let go, and the others stay.
"""

import threading
from datetime import timedelta

from services.chassis.core.clock import monotonic
from services.chassis.core.errors import Transient
from services.matcher.ports import UnitOfWork

EVERY = timedelta(seconds=20)
AFTER_A_ROUND = timedelta(minutes=20)  # a round comes every quarter of an hour wherever somebody waits


class PoolsKeptReady:
    """Reads the pools of programmes in which this process has run a round lately; safe to share between threads."""

    def __init__(self, uow: UnitOfWork, *, every: timedelta = EVERY, after: timedelta = AFTER_A_ROUND) -> None:
        self._uow = uow
        self._every = every.total_seconds()
        self._after = after.total_seconds()
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()
        self._waiting = False

    def used(self, programme_id: str) -> None:
        """A round of a programme has been run: keep its pool for a while."""
        self._until[programme_id] = monotonic() + self._after
        self._read_later()

    def read_again(self) -> None:
        """Read each pool as it is now; a database that is away is asked the next time, and pools lapse meanwhile."""
        for programme_id, until in list(self._until.items()):
            if until < monotonic():
                del self._until[programme_id]
                continue
            try:
                with self._uow.begin(read_only=True) as store:
                    store.rounds.snapshot(programme_id)
            except Transient:
                continue

    def _read_later(self) -> None:
        with self._lock:
            if self._waiting or not self._until:
                return
            self._waiting = True
        timer = threading.Timer(self._every, self._turn)
        timer.daemon = True  # a process that ends keeps nothing
        timer.start()

    def _turn(self) -> None:
        try:
            self.read_again()
        finally:
            self._waiting = False
            self._read_later()
