"""Cache the current pool, solved by the weights in force: the start of every what-if and every explanation.

A second question about the same pool reuses the work of the first. The cache is per process: an entry is large, and
takes about a second to make.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from services.chassis.core.errors import Conflict
from services.matcher.domain.insights.what_if import Prepared, prepare
from services.matcher.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class _Entry:
    stamp: tuple[int, ...]
    prepared: Prepared


class PoolCache:
    """Cached pools of the programmes used last; safe to share between threads.

    A pool is prepared afresh when anything in it changed, and after ``fresh`` in any case, since waiting counts. It is
    also dropped by then, so that a person who was erased meanwhile does not stay in memory.
    """

    def __init__(self, *, programmes: int = 4, fresh: timedelta = timedelta(seconds=60)) -> None:
        self._most = programmes
        self._fresh = fresh
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._preparing = threading.Lock()

    def of(
        self,
        uow: UnitOfWork,
        programme_id: str,
        over: Callable[[], bool] | None = None,
        *,
        most_pairs: int | None = None,
    ) -> Prepared:
        """Return the programme's pool, at most a minute old and with nothing changed since.

        Raises Conflict for more than ``most_pairs`` mentees times mentors, before they are read, and
        ``RunCancelledError`` when ``over()`` turns true while the pool is being prepared.
        """
        with uow.begin(read_only=True) as store:
            stamp = store.rounds.stamp(programme_id)
            entry = self._entries.get(programme_id)
            if entry is not None and entry.stamp == stamp:
                age = store.now - entry.prepared.solved.snapshot.at
                if timedelta(0) <= age < self._fresh:
                    cached = entry.prepared.solved.snapshot
                    _refuse_too_large((len(cached.mentees), len(cached.mentors)), most_pairs)
                    return entry.prepared
            _refuse_too_large(store.rounds.size(programme_id), most_pairs)
            snapshot = store.rounds.snapshot(programme_id)
        with self._preparing:  # one at a time: it takes a core, and the next caller may find it done
            entry = self._entries.get(programme_id)
            if entry is None or entry.stamp != stamp or snapshot.at - entry.prepared.solved.snapshot.at >= self._fresh:
                entry = self._entries[programme_id] = _Entry(stamp, prepare(snapshot, cancelled=over))
                self._drop_later(programme_id, entry)
            self._entries.move_to_end(programme_id)
            while len(self._entries) > self._most:
                self._entries.popitem(last=False)
        return entry.prepared

    def _drop_later(self, programme_id: str, entry: _Entry) -> None:
        def drop() -> None:
            with self._preparing:
                if self._entries.get(programme_id) is entry:
                    del self._entries[programme_id]

        timer = threading.Timer(self._fresh.total_seconds(), drop)
        timer.daemon = True  # must not keep the process alive
        timer.start()


def _refuse_too_large(size: tuple[int, int], most: int | None) -> None:
    mentees, mentors = size
    if most is not None and mentees * mentors > most:
        current = {"mentees": mentees, "mentors": mentors, "pairs": mentees * mentors, "most": most}
        raise Conflict("pool_too_large", "Too many people are waiting now to answer this while you wait.", now=current)
