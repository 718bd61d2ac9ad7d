"""A standing market that holds only the core of a town: which pairs outside it can come to matter, and who says so."""

import numpy as np
import numpy.typing as npt
import pytest

from services.matcher.solver.arrays import I64
from services.matcher.solver.assignment import Optimum, assign
from services.matcher.solver.dynamic.dynamic_assignment import DynamicAssignment
from tests.matcher.solver.backends import TWINS
from tests.matcher.solver.markets import edges_of

pytestmark = pytest.mark.parametrize("compiled", TWINS)
MENTEES, MENTORS, NEWCOMERS = 10, 5, 6


class Core:
    """A town of which every pair that its prices cover without being part of it is left out."""

    def __init__(self, seed: int, compiled: bool) -> None:
        self.rng = np.random.default_rng(seed)
        self.values = self.rng.integers(1, 30, (MENTEES + NEWCOMERS, MENTORS))
        self.ties = self.rng.integers(0, 2**40, self.values.shape)
        capacity = self.rng.integers(1, 4, MENTORS)
        everything = assign(edges_of(self.values[:MENTEES], self.ties[:MENTEES]), capacity)
        paired = everything.mentor_of[:, None] == np.arange(MENTORS)
        self.known = np.zeros(self.values.shape, bool)
        self.known[:MENTEES] = paired | (self.rng.random(paired.shape) < 0.3)
        core = edges_of(self.values[:MENTEES] * self.known[:MENTEES], self.ties[:MENTEES])
        self.standing = DynamicAssignment(core, capacity, everything, compiled=compiled)

    def a_mentee_comes(self, row: int) -> None:
        assert self.standing.insert_mentee(np.arange(MENTORS), self.values[row], self.ties[row]) == row
        self.known[row] = True

    def in_need(self, now: Optimum) -> npt.NDArray[np.bool_]:
        """Left-out pairs of people who are here that the prices do not cover (any more)."""
        rows = len(now.mentor_of)
        paid, paid_tie = (
            now.mentee_price[:, None] + now.mentor_price,
            now.mentee_tie_price[:, None] + now.mentor_tie_price,
        )
        short = (paid < self.values[:rows]) | ((paid == self.values[:rows]) & (paid_tie < self.ties[:rows]))
        uncovered: npt.NDArray[np.bool_] = short & ~self.known[:rows]
        return uncovered


def fallen(before: tuple[I64, I64], after: tuple[I64, I64]) -> I64:
    """Rows of those whose two-word price is lower than it was."""
    size = len(before[0])
    less = (after[0][:size] < before[0]) | ((after[0][:size] == before[0]) & (after[1][:size] < before[1]))
    return np.flatnonzero(less)


def test_after_newcomers_only_pairs_of_those_who_are_named_can_have_come_to_matter(compiled: bool) -> None:
    mattered = 0
    for seed in range(40):
        town = Core(seed, compiled)
        assert not town.in_need(town.standing.outcome()).any()
        for row in range(MENTEES, MENTEES + NEWCOMERS):
            before = town.standing.outcome()
            town.a_mentee_comes(row)
            now = town.standing.outcome()
            prices = [(one.mentor_price, one.mentor_tie_price) for one in (before, now)]
            assert not len(fallen(*prices)), "no mentor costs less because somebody came"
            named = town.standing.take_lowered()
            needed = town.in_need(now) & ~town.in_need(before_with(before, row))
            assert set(np.flatnonzero(needed.any(axis=1))) <= set(named), (seed, row)
            mattered += int(needed.sum())
    assert mattered, "no pair came to matter: this shows nothing"


def test_names_are_kept_until_somebody_asks_however_many_come_in_between(compiled: bool) -> None:
    for seed in range(10):
        town = Core(seed, compiled)
        before = town.standing.outcome()
        for _ in range(40):
            everybody = np.arange(MENTORS)
            town.standing.insert_mentee(everybody, town.rng.integers(1, 40, MENTORS), town.rng.integers(0, 9, MENTORS))
        now = town.standing.outcome()
        cheaper = fallen((before.mentee_price, before.mentee_tie_price), (now.mentee_price, now.mentee_tie_price))
        assert len(cheaper)
        assert set(cheaper.tolist()) <= set(town.standing.take_lowered()), seed
        assert town.standing.take_lowered() == []


def before_with(before: Optimum, row: int) -> Optimum:
    """The prices before, with a place for the newcomer, whose pairs are all known."""
    assert len(before.mentor_of) == row
    return Optimum(
        np.append(before.mentor_of, -1),
        np.append(before.mentee_price, 0),
        np.append(before.mentee_tie_price, 0),
        before.mentor_price,
        before.mentor_tie_price,
    )


def test_who_leaves_makes_mentors_cheaper_and_nobody_is_named_for_that(compiled: bool) -> None:
    """The pair that comes to matter is that of a mentee whose own price did not move."""
    values = np.array([[9], [5]])
    ties = np.array([[1], [2]])
    core = edges_of(np.array([[9], [0]]), ties)
    standing = DynamicAssignment(core, [1], assign(edges_of(values, ties), [1]), compiled=compiled)
    before = standing.outcome()
    assert before.mentor_price[0] >= 5
    standing.remove_mentee(0)
    now = standing.outcome()
    assert (now.mentor_price[0], now.mentor_tie_price[0]) == (0, 0)
    assert now.mentee_price.tolist() == [0, 0]
    assert standing.take_lowered() == []


def test_whatever_changes_pairs_that_come_to_matter_have_somebody_named_or_a_cheaper_mentor(compiled: bool) -> None:
    by_mentor = 0
    for seed in range(60):
        town = Core(seed, compiled)
        for _ in range(4):
            before = town.standing.outcome()
            row, column = int(town.rng.integers(MENTEES)), int(town.rng.integers(MENTORS))
            match int(town.rng.integers(3)):
                case 0:
                    town.standing.remove_mentee(row)
                    town.known[row] = True  # gone, so no pair of theirs is left out
                case 1:
                    town.standing.set_capacity(column, int(town.rng.integers(0, 6)))
                case _:
                    town.standing.remove_mentor(column)
                    town.known[:, column] = True
            now = town.standing.outcome()
            cheaper = fallen(
                (before.mentor_price, before.mentor_tie_price), (now.mentor_price, now.mentor_tie_price)
            ).tolist()
            named = town.standing.take_lowered()
            for i, j in np.argwhere(town.in_need(now) & ~town.in_need(before)).tolist():
                assert i in named or j in cheaper, (seed, i, j)
                by_mentor += i not in named
    assert by_mentor, "nobody's pair came to matter by a cheaper mentor: this shows nothing"
