"""People change, leave and arrive: the pairs equal those of a solve over all pairs."""

from dataclasses import replace

import numpy as np
import pytest

from services.matcher.solver.arrays import I64
from services.matcher.solver.assignment import Edges, assign, certify
from services.matcher.solver.column_generation import Watch, solve
from services.matcher.solver.column_generation.list_lengths import ListLengths
from services.matcher.solver.dynamic import NO_PAIRS, DynamicAssignment, Partners, dynamic_assignment
from services.matcher.solver.errors import RunCancelledError
from tests.matcher.solver.backends import TWINS
from tests.matcher.solver.pools import Pool, a_pool, eligible, scored

pytestmark = pytest.mark.parametrize("compiled", TWINS)


class Scenario:
    """A pool as dense arrays of values and ties (0: no pair), beside its dynamic assignment."""

    def __init__(self, pool: Pool, compiled: bool, lengths: ListLengths | None = None) -> None:
        rows, columns = np.arange(len(pool.keys.mentee_key)), np.arange(len(pool.capacity))
        self.values = np.where(eligible(pool.rules), np.maximum(0, scored(pool.scores)), 0)
        self.ties = pool.keys.of(rows[:, np.newaxis], columns[np.newaxis, :])
        self.capacity = pool.capacity.copy()
        self.compiled = compiled
        answer = solve(
            pool.rules,
            pool.scores,
            pool.capacity,
            tie_break=pool.keys,
            alternates=0,
            compiled=compiled,
            lengths=lengths,
        )
        self.state = dynamic_assignment(
            pool.rules,
            pool.scores,
            pool.capacity,
            answer.core,
            answer.assignment,
            tie_break=pool.keys,
            compiled=compiled,
        )

    def change(self, mentees: dict[int, I64], mentors: dict[int, tuple[I64, int]]) -> DynamicAssignment:
        """Give people new values: of a mentee (N,), of a mentor (M,) with places; both sides see them."""
        for column, (values, places) in mentors.items():
            if column == len(self.capacity):
                self.values = np.column_stack([self.values, np.zeros_like(values)])
                self.ties = np.column_stack([self.ties, np.arange(len(values)) * 7919 + column])
                self.capacity = np.append(self.capacity, 0)
            self.values[:, column], self.capacity[column] = values, places
        for row, values in mentees.items():
            self.values[row] = np.resize(values, self.values.shape[1])
        self.state = self.state.after(
            mentees={row: _partners(self.values[row], self.ties[row]) for row in mentees},
            mentors={
                column: (_partners(self.values[:, column], self.ties[:, column]), places)
                for column, (_, places) in mentors.items()
            },
        )
        return self.state

    def check(self) -> None:
        """Compare with a solve over all pairs, and check the proof over all of them."""
        rows, columns = np.nonzero((self.values > 0) & (self.capacity > 0))
        indptr = np.append(0, np.cumsum(np.bincount(rows, minlength=len(self.values))))
        edges = Edges(indptr, columns, self.values[rows, columns], self.ties[rows, columns])
        again = assign(edges, self.capacity, compiled=self.compiled)
        mine = self.state.assignment()
        assert mine.mentor_of.tolist() == again.mentor_of.tolist()
        assert mine.value == again.value
        assert self.state.certificate().proves_optimal
        assert certify(edges, self.capacity, mine).proves_optimal, "prices cover every pair, listed or not"


def _partners(values: I64, ties: I64) -> Partners:
    rows = np.flatnonzero(values > 0)
    return Partners(rows, values[rows], ties[rows])


@pytest.mark.parametrize("places", [0.4, 1.0, 2.5])
@pytest.mark.parametrize("seed", range(8))
def test_any_changes_give_the_optimum_over_all_pairs(seed: int, places: float, compiled: bool) -> None:
    rng = np.random.default_rng(seed)
    short = ListLengths(2, 2, 40, 25) if seed % 2 else None
    bonus = (0, 30, 3000)[seed % 3]
    at = Scenario(a_pool(seed, places=places, bonus=bonus), compiled, short)
    at.check()
    for _ in range(12):
        mentees: dict[int, I64] = {}
        mentors: dict[int, tuple[I64, int]] = {}
        match rng.integers(6):
            case 0:  # a mentee leaves
                mentees[int(rng.integers(40))] = np.zeros(len(at.capacity), np.int64)
            case 1:  # a mentee's pairs change
                mentees[int(rng.integers(40))] = rng.integers(-50, 300, len(at.capacity))
            case 2:  # a mentor leaves
                mentors[int(rng.integers(len(at.capacity)))] = np.zeros(40, np.int64), 0
            case 3:  # a mentor's values and places change
                mentors[int(rng.integers(len(at.capacity)))] = rng.integers(-50, 300, 40) + bonus, int(rng.integers(4))
            case 4:  # mentors arrive
                for number in range(int(rng.integers(1, 4))):
                    mentors[len(at.capacity) + number] = rng.integers(-50, 300, 40) + bonus, int(rng.integers(4))
            case _:  # a pair is made: the mentee leaves, the mentor has a place less
                row = int(rng.integers(40))
                column = int(at.state.optimum.mentor_of[row])
                mentees[row] = np.zeros(len(at.capacity), np.int64)
                if column >= 0:
                    mentors[column] = at.values[:, column].copy(), int(at.capacity[column]) - 1
        at.change(mentees, mentors)
        at.check()


def test_a_change_leaves_the_assignment_before_it_alone(compiled: bool) -> None:
    at = Scenario(a_pool(1), compiled)
    before = at.state
    pairs, prices = before.optimum.mentor_of.tolist(), before.optimum.mentor_price.tolist()
    row = pairs.index(max(pairs))
    after = before.after(mentees={row: NO_PAIRS})
    assert after.optimum.mentor_of[row] == -1
    assert (before.optimum.mentor_of.tolist(), before.optimum.mentor_price.tolist()) == (pairs, prices)
    assert before.after().optimum.mentor_of.tolist() == pairs


def test_unlisted_pairs_count_when_prices_fall(compiled: bool) -> None:
    """With lists of one mentor each, nearly every change needs pairs that no list has."""
    at = Scenario(a_pool(5, places=0.6), compiled, ListLengths(1, 1, 40, 25))
    listed = len(at.state.edges.mentor)
    for row in np.flatnonzero(at.state.optimum.mentor_of >= 0)[:10].tolist():
        at.change({row: np.zeros(len(at.capacity), np.int64)}, {})
        at.check()
    assert len(at.state.edges.mentor) > listed - 10 * 25


def test_a_pool_without_mentors_takes_one_who_arrives(compiled: bool) -> None:
    nobody = a_pool(2, mentees=5, mentors=0, places=0)
    none_excluded = replace(nobody.rules, excluded=np.zeros((0, 2), np.int64))
    at = Scenario(replace(nobody, rules=none_excluded), compiled)
    at.change({}, {0: (np.array([5, 9, 0, 7, 1]), 2)})
    at.check()
    assert at.state.optimum.mentor_of.tolist() == [-1, 0, -1, 0, -1]


def test_a_change_can_be_cancelled(compiled: bool) -> None:
    at = Scenario(a_pool(1), compiled)
    with pytest.raises(RunCancelledError):
        at.state.after(mentees={0: NO_PAIRS}, watch=Watch(cancelled=lambda: True))
