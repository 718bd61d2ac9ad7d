"""A scenario of arrivals and departures: dynamic assignments are changed and checked against all known pairs."""

from collections.abc import Callable

import numpy as np

from bench.single_changes.listed_assignment import ListedAssignment
from services.matcher.solver.arrays import I64
from services.matcher.solver.assignment import Optimum, assign
from tests.matcher.solver.markets import edges_of

TIES = 2**40


class Scenario:
    """Values and ties of all pairs, places of all mentors, and the dynamic assignments that get every change."""

    def __init__(self, seed: int, twins: tuple[bool, ...], *, mentees: int = 4, mentors: int = 3) -> None:
        self._rng = np.random.default_rng(seed)
        self._largest = int(self._rng.choice([2, 10, 1000]))
        self.values = self._pairs(mentees, mentors)
        self.ties = self._rng.integers(0, TIES, self.values.shape)
        self.capacity = self._rng.integers(0, 4, mentors)
        edges = edges_of(self.values, self.ties)
        answer = assign(edges, self.capacity)
        self.dynamics = [ListedAssignment(edges, self.capacity, answer, compiled=twin) for twin in twins]

    def change(self) -> None:
        """Make one random change."""
        changes: tuple[Callable[[], None], ...] = (
            self.a_mentee_comes,
            self.a_mentee_comes,
            self.a_mentee_leaves,
            self.a_mentor_comes,
            self.a_mentor_leaves,
            self.places_change,
            self.places_change,
            self.pairs_are_added,
            self.pairs_are_added,
        )
        changes[self._rng.integers(len(changes))]()

    def a_mentee_comes(self) -> None:
        values = self._pairs(1, self.values.shape[1])
        ties = self._rng.integers(0, TIES, values.shape)
        mentors = self._rng.permutation(np.flatnonzero(values[0]))
        for dynamic in self.dynamics:
            assert dynamic.insert_mentee(mentors, values[0, mentors], ties[0, mentors]) == len(self.values)
        self.values, self.ties = np.vstack([self.values, values]), np.vstack([self.ties, ties])

    def a_mentor_comes(self) -> None:
        """Edges to mentees who left bring them back."""
        values, places = self._pairs(len(self.values), 1), int(self._rng.integers(0, 4))
        ties = self._rng.integers(0, TIES, values.shape)
        mentees = self._rng.permutation(np.flatnonzero(values[:, 0]))
        for dynamic in self.dynamics:
            row = dynamic.insert_mentor(mentees, values[mentees, 0], ties[mentees, 0], places)
            assert row == self.values.shape[1]
        self.values, self.ties = np.hstack([self.values, values]), np.hstack([self.ties, ties])
        self.capacity = np.append(self.capacity, places)

    def a_mentee_leaves(self) -> None:
        row = int(self._rng.integers(len(self.values)))
        for dynamic in self.dynamics:
            dynamic.remove_mentee(row)
        self.values[row] = 0

    def a_mentor_leaves(self) -> None:
        row = int(self._rng.integers(self.values.shape[1]))
        for dynamic in self.dynamics:
            dynamic.remove_mentor(row)
        self.values[:, row], self.capacity[row] = 0, 0

    def places_change(self) -> None:
        row, places = int(self._rng.integers(self.values.shape[1])), int(self._rng.choice([0, 1, 2, 3, 30]))
        for dynamic in self.dynamics:
            dynamic.set_capacity(row, places)
        self.capacity[row] = places

    def pairs_are_added(self) -> None:
        """Pairs that exist keep their value when they are added again."""
        row = int(self._rng.integers(len(self.values)))
        values = self._pairs(1, self.values.shape[1])[0]
        mentors = self._rng.permutation(np.flatnonzero(values))
        for dynamic in self.dynamics:
            dynamic.add_pairs(row, mentors, values[mentors], self.ties[row, mentors])
        new = (self.values[row] == 0) & (values > 0)
        self.values[row, new] = values[new]

    def batch(self) -> list[int]:
        """Return the pairs of a batch solve over all known pairs."""
        paired: list[int] = assign(edges_of(self.values, self.ties), self.capacity, compiled=False).mentor_of.tolist()
        return paired

    def check(self, now: Optimum, value: int) -> None:
        """Check that reduced costs are not negative, zero on matched pairs, and free people have price zero."""
        paid, paid_ties = (
            _sums(now.mentee_price, now.mentor_price),
            _sums(now.mentee_tie_price, now.mentor_tie_price),
        )
        known = self.values > 0
        short = (paid < self.values) | ((paid == self.values) & (paid_ties < self.ties))
        assert not (short & known).any()
        rows = np.flatnonzero(now.mentor_of >= 0)
        columns = now.mentor_of[rows]
        assert known[rows, columns].all()
        assert (paid[rows, columns] == self.values[rows, columns]).all()
        assert (paid_ties[rows, columns] == self.ties[rows, columns]).all()
        assert value == self.values[rows, columns].sum()
        load = np.bincount(columns, minlength=len(self.capacity))
        assert (load <= self.capacity).all()
        for price, tie, free in (
            (now.mentee_price, now.mentee_tie_price, now.mentor_of < 0),
            (now.mentor_price, now.mentor_tie_price, load < self.capacity),
        ):
            assert ((price > 0) | ((price == 0) & (tie >= 0))).all()
            assert not price[free].any()
            assert not tie[free].any()

    def _pairs(self, mentees: int, mentors: int) -> I64:
        worth = self._rng.integers(1, self._largest + 1, (mentees, mentors))
        return np.where(self._rng.random(worth.shape) < self._rng.choice([0.1, 0.4, 0.9]), worth, 0)


def _sums(mentee: I64, mentor: I64) -> I64:
    sums: I64 = mentee[:, None] + mentor[None, :]
    return sums
