"""A dynamic assignment over listed pairs only: which unlisted pairs can get a negative reduced cost."""

import numpy as np
import numpy.typing as npt
import pytest

from bench.single_changes.listed_assignment import ListedAssignment
from services.matcher.solver.arrays import I64
from services.matcher.solver.assignment import Optimum, assign
from tests.matcher.solver.backends import TWINS
from tests.matcher.solver.markets import edges_of

pytestmark = pytest.mark.parametrize("compiled", TWINS)
MENTEES, MENTORS, NEWCOMERS = 10, 5, 6


class Core:
    """A dynamic assignment without most of the pairs that its prices cover."""

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
        self.dynamic = ListedAssignment(core, capacity, everything, compiled=compiled)

    def a_mentee_comes(self, row: int) -> None:
        assert self.dynamic.insert_mentee(np.arange(MENTORS), self.values[row], self.ties[row]) == row
        self.known[row] = True

    def violated(self, now: Optimum) -> npt.NDArray[np.bool_]:
        """Return a mask of unlisted pairs of present people with negative reduced cost."""
        rows = len(now.mentor_of)
        paid, paid_tie = (
            now.mentee_price[:, None] + now.mentor_price,
            now.mentee_tie_price[:, None] + now.mentor_tie_price,
        )
        short = (paid < self.values[:rows]) | ((paid == self.values[:rows]) & (paid_tie < self.ties[:rows]))
        uncovered: npt.NDArray[np.bool_] = short & ~self.known[:rows]
        return uncovered


def fallen(before: tuple[I64, I64], after: tuple[I64, I64]) -> I64:
    """Return the rows whose two-word price fell."""
    size = len(before[0])
    less = (after[0][:size] < before[0]) | ((after[0][:size] == before[0]) & (after[1][:size] < before[1]))
    return np.flatnonzero(less)


def test_after_arrivals_only_reported_mentees_can_have_violated_pairs(compiled: bool) -> None:
    violations = 0
    for seed in range(40):
        core_market = Core(seed, compiled)
        assert not core_market.violated(core_market.dynamic.outcome()).any()
        for row in range(MENTEES, MENTEES + NEWCOMERS):
            before = core_market.dynamic.outcome()
            core_market.a_mentee_comes(row)
            now = core_market.dynamic.outcome()
            prices = [(one.mentor_price, one.mentor_tie_price) for one in (before, now)]
            assert not len(fallen(*prices)), "no mentor's price falls when a mentee arrives"
            reported = core_market.dynamic.take_lowered()
            needed = core_market.violated(now) & ~core_market.violated(before_with(before, row))
            assert set(np.flatnonzero(needed.any(axis=1))) <= set(reported), (seed, row)
            violations += int(needed.sum())
    assert violations, "no pair was violated: this tests nothing"


def test_lowered_mentees_are_kept_until_read_through_many_arrivals(compiled: bool) -> None:
    for seed in range(10):
        core_market = Core(seed, compiled)
        before = core_market.dynamic.outcome()
        for _ in range(40):
            every_mentor = np.arange(MENTORS)
            core_market.dynamic.insert_mentee(
                every_mentor, core_market.rng.integers(1, 40, MENTORS), core_market.rng.integers(0, 9, MENTORS)
            )
        now = core_market.dynamic.outcome()
        cheaper = fallen((before.mentee_price, before.mentee_tie_price), (now.mentee_price, now.mentee_tie_price))
        assert len(cheaper)
        assert set(cheaper.tolist()) <= set(core_market.dynamic.take_lowered()), seed
        assert core_market.dynamic.take_lowered() == []


def before_with(before: Optimum, row: int) -> Optimum:
    """Return the earlier prices with a row for the new mentee, whose pairs are all listed."""
    assert len(before.mentor_of) == row
    return Optimum(
        np.append(before.mentor_of, -1),
        np.append(before.mentee_price, 0),
        np.append(before.mentee_tie_price, 0),
        before.mentor_price,
        before.mentor_tie_price,
    )


def test_a_departure_lowers_a_mentors_price_and_reports_no_mentee(compiled: bool) -> None:
    """The violated pair is that of a mentee whose own price did not change."""
    values = np.array([[9], [5]])
    ties = np.array([[1], [2]])
    core = edges_of(np.array([[9], [0]]), ties)
    dynamic = ListedAssignment(core, [1], assign(edges_of(values, ties), [1]), compiled=compiled)
    before = dynamic.outcome()
    assert before.mentor_price[0] >= 5
    dynamic.remove_mentee(0)
    now = dynamic.outcome()
    assert (now.mentor_price[0], now.mentor_tie_price[0]) == (0, 0)
    assert now.mentee_price.tolist() == [0, 0]
    assert dynamic.take_lowered() == []


def test_every_violated_pair_has_a_reported_mentee_or_a_lower_mentor_price(compiled: bool) -> None:
    by_mentor = 0
    for seed in range(60):
        core_market = Core(seed, compiled)
        for _ in range(4):
            before = core_market.dynamic.outcome()
            row, column = int(core_market.rng.integers(MENTEES)), int(core_market.rng.integers(MENTORS))
            match int(core_market.rng.integers(3)):
                case 0:
                    core_market.dynamic.remove_mentee(row)
                    core_market.known[row] = True  # gone, so no pair of theirs is left out
                case 1:
                    core_market.dynamic.set_capacity(column, int(core_market.rng.integers(0, 6)))
                case _:
                    core_market.dynamic.remove_mentor(column)
                    core_market.known[:, column] = True
            now = core_market.dynamic.outcome()
            cheaper = fallen(
                (before.mentor_price, before.mentor_tie_price), (now.mentor_price, now.mentor_tie_price)
            ).tolist()
            reported = core_market.dynamic.take_lowered()
            for i, j in np.argwhere(core_market.violated(now) & ~core_market.violated(before)).tolist():
                assert i in reported or j in cheaper, (seed, i, j)
                by_mentor += i not in reported
    assert by_mentor, "no pair was violated through a mentor's price: this tests nothing"
