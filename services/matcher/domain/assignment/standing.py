"""A standing optimum: people come and go one at a time, and the pairs stay those a batch would give.

A newcomer is one shortest augmenting path from the stored prices, a leaver one repair of the place they leave (the
successive shortest path argument: prices stay feasible, only one person is out of order). The optimum of (value, tie)
is unique, so the order of changes does not matter. A change touches only the people along its path, which is why plain
Python is quick enough.
"""

import numpy as np
import numpy.typing as npt

from services.matcher.domain.arrays import I64, as_i64
from services.matcher.domain.assignment.edges import Assignment, Edges
from services.matcher.domain.assignment.outcome import Outcome
from services.matcher.domain.assignment.plain_repair import FOLD, PlainRepair, fold, unfold
from services.matcher.domain.assignment.problem import checked_capacity, checked_edges, indexed
from services.matcher.domain.assignment.tie_break import TIE_BITS
from services.matcher.domain.errors import BadArraysError


class Standing:
    """Edges, capacity, prices and pairs that change one person at a time. Rows keep their numbers for good.

    Exact over the edges it was given. Where those are the core of a larger market, `take_lowered` names the mentees
    whose price fell since it was last asked: only their left-out pairs can have come to matter.
    """

    def __init__(self, edges: Edges, capacity: npt.ArrayLike, assignment: Assignment) -> None:
        places = checked_capacity(capacity)
        known = checked_edges(edges, len(places))
        useful = known.value > 0
        count = np.bincount(np.repeat(np.arange(known.mentees), np.diff(known.indptr))[useful], minlength=known.mentees)
        tie = known.tie if known.tie is not None else np.zeros_like(known.value)
        problem = indexed(
            np.append(0, np.cumsum(count)),
            known.mentor[useful].astype(np.int32),
            known.value[useful],
            tie[useful],
            places,
        )
        prices = fold(assignment.mentor_price, assignment.mentor_tie_price)
        self._state = PlainRepair(problem, prices, assignment.mentor_of.tolist())
        self._state.run(lambda _: None)
        self._state.lowered.clear()

    def insert_mentee(self, mentors: npt.ArrayLike, values: npt.ArrayLike, ties: npt.ArrayLike) -> int:
        """Add a mentee with these edges and place them; return their row."""
        edges = self._edges(mentors, values, ties, len(self._state.capacity))
        state, row = self._state, len(self._state.mentor_of)
        state.mentee_edges.append([])
        state.mentee_price.append(0)
        state.mentor_of.append(-1)
        self._connect(row, edges)
        return row

    def remove_mentee(self, row: int) -> None:
        """Take a mentee out; the row stays, without edges, and the place goes to whoever it is worth most for."""
        state = self._state
        for j, _ in state.mentee_edges[row]:
            state.mentor_edges[j] = [edge for edge in state.mentor_edges[j] if edge[0] != row]
        state.mentee_edges[row] = []
        left = state.unmatch(row)
        state.mentee_price[row] = 0
        if left >= 0:
            state.settle(left)

    def insert_mentor(self, mentees: npt.ArrayLike, values: npt.ArrayLike, ties: npt.ArrayLike, capacity: int) -> int:
        """Add a mentor with these edges and places, and fill the places worth filling; return their row."""
        edges = self._edges(mentees, values, ties, len(self._state.mentor_of))
        state, row = self._state, len(self._state.capacity)
        state.mentor_edges.append(edges)
        for i, worth in edges:
            state.mentee_edges[i].append((row, worth))
        state.mentor_price.append(max(0, max((worth - state.mentee_price[i] for i, worth in edges), default=0)))
        state.capacity.append(0)
        state.members.append(set())
        self.set_capacity(row, capacity)
        return row

    def remove_mentor(self, row: int) -> None:
        """Take a mentor out; the row stays, without edges, and their mentees are placed anew."""
        state = self._state
        for i, _ in state.mentor_edges[row]:
            state.mentee_edges[i] = [edge for edge in state.mentee_edges[i] if edge[0] != row]
        self.set_capacity(row, 0)
        state.mentor_edges[row] = []
        state.mentor_price[row] = 0

    def set_capacity(self, row: int, capacity: int) -> None:
        """Give a mentor more places or fewer."""
        if capacity < 0:
            raise BadArraysError("capacity is negative")
        state = self._state
        state.capacity[row] = capacity
        without = sorted(state.members[row])[capacity:]
        for i in without:
            state.unmatch(i)
        for i in without:
            state.place(i)
        state.settle(row)

    def add_pairs(self, mentee: int, mentors: npt.ArrayLike, values: npt.ArrayLike, ties: npt.ArrayLike) -> None:
        """Let a mentee meet more mentors than known so far."""
        edges = self._edges(mentors, values, ties, len(self._state.capacity))
        known = {j for j, _ in self._state.mentee_edges[mentee]}
        self._connect(mentee, [edge for edge in edges if edge[0] not in known])

    def take_lowered(self) -> list[int]:
        """Return the mentees whose price fell since the last call, ascending."""
        lowered = sorted(self._state.lowered)
        self._state.lowered.clear()
        return lowered

    def outcome(self) -> Outcome:
        """Return pairs and prices as they stand."""
        u, p = unfold(self._state.mentee_price)
        v, q = unfold(self._state.mentor_price)
        return Outcome(np.array(self._state.mentor_of, dtype=np.int64), u, p, v, q)

    def assignment(self) -> Assignment:
        """Return the standing answer."""
        now = self.outcome()
        value = sum(
            next(worth for at, worth in self._state.mentee_edges[i] if at == j) >> FOLD
            for i, j in enumerate(self._state.mentor_of)
            if j >= 0
        )
        return Assignment(
            now.mentor_of, now.mentee_price, now.mentor_price, now.mentee_tie_price, now.mentor_tie_price, value
        )

    def _connect(self, row: int, edges: list[tuple[int, int]]) -> None:
        """Give a mentee edges, and put right what that puts out of order."""
        state = self._state
        state.mentee_edges[row] += edges
        for j, worth in edges:
            state.mentor_edges[j].append((row, worth))
        best = max((worth - state.mentor_price[j] for j, worth in edges), default=0)
        if best <= state.mentee_price[row]:
            return
        state.mentee_price[row] = best
        left = state.unmatch(row)
        state.place(row)
        if left >= 0:
            state.settle(left)

    @staticmethod
    def _edges(people: npt.ArrayLike, values: npt.ArrayLike, ties: npt.ArrayLike, limit: int) -> list[tuple[int, int]]:
        who: I64 = as_i64("people", people, (None,))
        value, tie = as_i64("values", values, (len(who),)), as_i64("ties", ties, (len(who),))
        if len(who) and (who.min() < 0 or who.max() >= limit or len(np.unique(who)) < len(who)):
            raise BadArraysError("a newcomer's edges name a row twice or one that is not there")
        if len(tie) and (tie.min() < 0 or tie.max() >= 2**TIE_BITS):
            raise BadArraysError(f"tie lies outside 0 .. 2**{TIE_BITS}")
        worth = fold(value, tie)
        return [
            (row, each) for row, each, points in zip(who.tolist(), worth, value.tolist(), strict=True) if points > 0
        ]
