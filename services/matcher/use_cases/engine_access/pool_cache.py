"""The live pool, settled by the weights in force and kept for a moment: what every "what if" and "why" starts from.

A second question about the same pool is answered from the first one's work. Kept in the process: it is large, made in a
second, and each process may have its own.
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
class _Kept:
    stamp: tuple[int, ...]
    prepared: Prepared


class Pools:
    """The prepared pools of the last few programmes; safe to share between threads.

    A pool is prepared afresh when anything in it changed, and after ``fresh`` in any case, since waiting counts. It is
    also let go by then, so that nobody who was erased meanwhile stays in memory.
    """

    def __init__(self, *, programmes: int = 4, fresh: timedelta = timedelta(seconds=60)) -> None:
        self._most = programmes
        self._fresh = fresh
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._preparing = threading.Lock()

    def of(
        self,
        uow: UnitOfWork,
        programme_id: str,
        over: Callable[[], bool] | None = None,
        *,
        most_pairs: int | None = None,
    ) -> Prepared:
        """The programme's pool as it is now, or was within the last minute while nothing in it has changed.

        Raises Conflict for more than ``most_pairs`` mentees times mentors, before they are read, and
        ``RunCancelledError`` when ``over()`` says so while the pool is being prepared.
        """
        with uow.begin(read_only=True) as store:
            stamp = store.rounds.stamp(programme_id)
            kept = self._kept.get(programme_id)
            if kept is not None and kept.stamp == stamp:
                age = store.now - kept.prepared.solved.snapshot.at
                if timedelta(0) <= age < self._fresh:
                    solved = kept.prepared.solved.snapshot
                    _refuse_too_large((len(solved.mentees), len(solved.mentors)), most_pairs)
                    return kept.prepared
            _refuse_too_large(store.rounds.size(programme_id), most_pairs)
            snapshot = store.rounds.snapshot(programme_id)
        with self._preparing:  # one at a time: it takes a core, and the next one may find it done
            kept = self._kept.get(programme_id)
            if kept is None or kept.stamp != stamp or snapshot.at - kept.prepared.solved.snapshot.at >= self._fresh:
                kept = self._kept[programme_id] = _Kept(stamp, prepare(snapshot, cancelled=over))
                self._let_go_later(programme_id, kept)
            self._kept.move_to_end(programme_id)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return kept.prepared

    def _let_go_later(self, programme_id: str, kept: _Kept) -> None:
        def let_go() -> None:
            with self._preparing:
                if self._kept.get(programme_id) is kept:
                    del self._kept[programme_id]

        timer = threading.Timer(self._fresh.total_seconds(), let_go)
        timer.daemon = True  # a process that ends forgets anyway
        timer.start()


def _refuse_too_large(size: tuple[int, int], most: int | None) -> None:
    mentees, mentors = size
    if most is not None and mentees * mentors > most:
        told = {"mentees": mentees, "mentors": mentors, "pairs": mentees * mentors, "most": most}
        raise Conflict("pool_too_large", "So many people wait now that this is not answered while you wait.", now=told)
