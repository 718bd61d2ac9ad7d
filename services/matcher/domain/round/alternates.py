"""Whom to ask after a no without a new round: only where the round could not do better for anybody.

A round names the next best mentors of each mentee it matched. Asking one of them later is as good as any answer of a
round over everybody who waits by then, when two things hold: whoever else waits and could be with that mentor would
still find a place there, and no other mentor with a place free fits the mentee better. For then any answer can be
changed to this pair: nobody has to leave a place for it, and the mentee loses nothing by it.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from services.matcher.domain.candidates import Mentor, Pair
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.formulation.check_pairs import passing
from services.matcher.domain.formulation.weighted_pool import WeightedPool, weigh_pool
from services.matcher.domain.hard_rules.capacity import capacity_of, with_match
from services.matcher.domain.round.snapshot_and_result import Snapshot
from services.matcher.solver.arrays import I64


def harmless_alternates(
    snapshot: Snapshot, alternates: Mapping[str, Sequence[str]], promised: Mapping[str, str]
) -> tuple[Pair, ...]:
    """Which mentees of a snapshot may be given which of their ``alternates`` (best first), harming nobody.

    Of each mentee the first alternate counts who is eligible and has a seat for them; a mentor is given once. People
    with a mentor in ``promised`` (a round that is held) do not compete, and take their places. Whoever is pinned, or
    held by the last round, is left to the next one. In the order of ``alternates``.
    """
    mentees = {one.id: one for one in snapshot.mentees}
    given = [Pair(*pair) for pair in promised.items() if pair[0] in mentees]
    mentors = _with_places_taken(snapshot, given)
    pool = Pool(snapshot.mentees, mentors, snapshot.at, snapshot.weights)
    market = _Market(weigh_pool(pool, snapshot.blocks), frozenset(promised))
    pinned = {person_id for pin in snapshot.pins for person_id in pin}
    found: dict[str, str] = {}
    for mentee_id, listed in alternates.items():
        mentee = mentees.get(mentee_id)
        if mentee is None or mentee.held is not None or mentee_id in pinned or mentee_id in promised:
            continue
        mentor_id = market.first(mentee_id, [one for one in listed if one not in pinned])
        if mentor_id is not None and mentor_id not in found.values():
            found[mentee_id] = mentor_id
    return tuple(Pair(*pair) for pair in found.items())


class _Market:
    """Everybody who waits, and the mentors with the places that nobody is promised."""

    def __init__(self, weighted_pool: WeightedPool, promised: frozenset[str]) -> None:
        self._reading = weighted_pool
        self._capacity = [capacity_of(one) for one in weighted_pool.pool.mentors]
        self._row = {one.id: row for row, one in enumerate(weighted_pool.pool.mentees)}
        self._column = {one.id: column for column, one in enumerate(weighted_pool.pool.mentors)}
        self._competing = np.array([one.id not in promised for one in weighted_pool.pool.mentees], dtype=np.bool_)

    def first(self, mentee_id: str, listed: Sequence[str]) -> str | None:
        """The first of some mentors who may be given to the mentee, if giving them harms nobody."""
        row = self._row[mentee_id]
        shape = self._reading.pool.shape_of[row]
        free = np.array([one.takes(shape) for one in self._capacity], dtype=np.bool_)
        every = np.arange(len(self._capacity))
        open_to = free & passing(self._reading, np.full(len(every), row), every)
        for mentor_id in listed:
            column = self._column.get(mentor_id, -1)
            if column >= 0 and open_to[column]:
                best = self._best_fit(row, np.flatnonzero(open_to)) == self._best_fit(row, np.array([column]))
                return mentor_id if best and self._enough_for_others(row, column) else None
        return None

    def _best_fit(self, row: int, columns: I64) -> int:
        return int(self._reading.pairs.fit(np.full(len(columns), row), columns).max())

    def _enough_for_others(self, row: int, column: int) -> bool:
        """Whether all others who could be with a mentor would still find a place there."""
        rows = np.flatnonzero(self._competing)
        rows = rows[rows != row]
        rows = rows[passing(self._reading, rows, np.full(len(rows), column))]
        capacity, shape_of = self._capacity[column], self._reading.pool.shape_of
        others = [shape for shape in (shape_of[one] for one in rows.tolist()) if capacity.takes(shape)]
        return capacity.takes_all((shape_of[row], *others))


def _with_places_taken(snapshot: Snapshot, given: Sequence[Pair]) -> tuple[Mentor, ...]:
    shape_of = {one.id: one.facts.request_shape for one in snapshot.mentees}
    mentors = {one.id: one for one in snapshot.mentors}
    for mentee_id, mentor_id in given:
        if (mentor := mentors.get(mentor_id)) is not None:
            mentors[mentor_id] = with_match(mentor, shape_of[mentee_id])
    return tuple(mentors.values())
