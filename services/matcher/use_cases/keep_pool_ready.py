"""Keep the pools of busy programmes in memory, so that a round after a quiet hour is as quick as any other.

A round reads only people who changed since the pool was last read, and that reading is dropped after a minute, so that
erased people do not stay in memory. A worker that has run a round therefore reads the pool again every 20 seconds:
people who are gone by then are dropped, the others stay.
"""

import threading
from datetime import timedelta

from services.chassis.core.clock import monotonic
from services.chassis.core.errors import Transient
from services.matcher.ports import UnitOfWork

EVERY = timedelta(seconds=20)
AFTER_A_ROUND = timedelta(minutes=20)  # where people wait, a round comes every 15 minutes


class PoolRefresher:
    """Reads again the pools of programmes in which this process ran a round lately; safe to share between threads."""

    def __init__(self, uow: UnitOfWork, *, every: timedelta = EVERY, after: timedelta = AFTER_A_ROUND) -> None:
        self._uow = uow
        self._every = every.total_seconds()
        self._after = after.total_seconds()
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()
        self._waiting = False

    def round_has_run(self, programme_id: str) -> None:
        """Keep a programme's pool for a while, since a round of it has just run."""
        self._until[programme_id] = monotonic() + self._after
        self._read_later()

    def read_again(self) -> None:
        """Read each pool as it is now; where the database is away, try again at the next turn."""
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
        timer.daemon = True  # must not keep the process alive
        timer.start()

    def _turn(self) -> None:
        try:
            self.read_again()
        finally:
            self._waiting = False
            self._read_later()
