"""Alternates that can be asked after a no without a new round: only where a round could not do better for anyone.

A round names the next best mentors of each mentee it matched. Asking such a mentor later is as good as any result of a
round over all who wait by then, when two conditions hold: everyone else who waits and is eligible for that mentor would
still have a place there, and no other mentor with a free place fits the mentee better. Then any assignment can be
changed to include this pair: nobody has to give up a place for it, and the mentee loses nothing.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from services.matcher.domain.candidates import Mentor, Pair
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.formulation.weighted_pool import WeightedPool, weigh_pool
from services.matcher.domain.hard_rules.capacity import with_match
from services.matcher.domain.hard_rules.check_pairs import may_meet
from services.matcher.domain.round.snapshot_and_result import Snapshot
from services.matcher.solver.arrays import I64


def harmless_alternates(
    snapshot: Snapshot, alternates: Mapping[str, Sequence[str]], promised: Mapping[str, str]
) -> tuple[Pair, ...]:
    """Return pairs of mentees and their ``alternates`` (best first) that harm nobody, in the order of ``alternates``.

    For each mentee only the first alternate who is eligible and has a place for them is considered; a mentor is given
    once. People with a mentor in ``promised`` (a held round) do not compete, and their places count as taken. Pinned
    people, and mentees with an unsent proposal, are left to the next round.
    """
    mentees = {mentee.id: mentee for mentee in snapshot.mentees}
    promised_pairs = [Pair(*pair) for pair in promised.items() if pair[0] in mentees]
    mentors = _with_places_taken(snapshot, promised_pairs)
    pool = Pool(snapshot.mentees, mentors, snapshot.at, snapshot.weights)
    waiting_pool = _WaitingPool(weigh_pool(pool, snapshot.blocks), frozenset(promised))
    pinned = {person_id for pin in snapshot.pins for person_id in pin}
    given_to: dict[str, str] = {}
    for mentee_id, listed in alternates.items():
        mentee = mentees.get(mentee_id)
        if mentee is None or mentee.held is not None or mentee_id in pinned or mentee_id in promised:
            continue
        mentor_id = waiting_pool.first(mentee_id, [mentor_id for mentor_id in listed if mentor_id not in pinned])
        if mentor_id is not None and mentor_id not in given_to.values():
            given_to[mentee_id] = mentor_id
    return tuple(Pair(*pair) for pair in given_to.items())


class _WaitingPool:
    """The people who wait, and the mentors with the places that are not promised."""

    def __init__(self, weighted_pool: WeightedPool, promised: frozenset[str]) -> None:
        self._weighted_pool = weighted_pool
        self._row = {person.id: row for row, person in enumerate(weighted_pool.pool.mentees)}
        self._column = {person.id: column for column, person in enumerate(weighted_pool.pool.mentors)}
        self._competing = np.array([person.id not in promised for person in weighted_pool.pool.mentees], dtype=np.bool_)

    def first(self, mentee_id: str, listed: Sequence[str]) -> str | None:
        """Return the first listed mentor who is open to the mentee, if giving that mentor harms nobody."""
        row = self._row[mentee_id]
        mentee, every = np.array([row]), np.arange(len(self._weighted_pool.pool.mentors))
        open_to = self._weighted_pool.has_place(mentee)[0] & may_meet(self._weighted_pool.rules, mentee, every)
        for mentor_id in listed:
            column = self._column.get(mentor_id, -1)
            if column >= 0 and open_to[column]:
                best = self._best_fit(row, np.flatnonzero(open_to)) == self._best_fit(row, np.array([column]))
                return mentor_id if best and self._enough_for_others(row, column) else None
        return None

    def _best_fit(self, row: int, columns: I64) -> int:
        return int(self._weighted_pool.fit(np.array(row), columns).max())

    def _enough_for_others(self, row: int, column: int) -> bool:
        """Return whether all other people eligible for a mentor would still have a place there."""
        rows = np.flatnonzero(self._competing)
        rows = rows[rows != row]
        rows = rows[may_meet(self._weighted_pool.rules, rows, np.array(column))]
        capacity, shape_of = self._weighted_pool.seats.capacity[column], self._weighted_pool.pool.shape_of
        others = [shape for shape in (shape_of[other_row] for other_row in rows.tolist()) if capacity.takes(shape)]
        return capacity.takes_all((shape_of[row], *others))


def _with_places_taken(snapshot: Snapshot, promised_pairs: Sequence[Pair]) -> tuple[Mentor, ...]:
    shape_of = {person.id: person.facts.request_shape for person in snapshot.mentees}
    mentors = {person.id: person for person in snapshot.mentors}
    for mentee_id, mentor_id in promised_pairs:
        if (mentor := mentors.get(mentor_id)) is not None:
            mentors[mentor_id] = with_match(mentor, shape_of[mentee_id])
    return tuple(mentors.values())
