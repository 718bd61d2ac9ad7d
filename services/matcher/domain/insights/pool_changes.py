"""A solved pool in which mentors change or arrive: values and ties of their pairs, for the dynamic assignment.

The solver's columns are capacity classes. A mentor who changes (one place taken, say) closes all their columns and
arrives with new ones, since the values of all their pairs may change with the places that are left.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.matcher.domain.candidates import Mentor, Pair
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.criteria.registry import criteria
from services.matcher.domain.formulation.objective import tie_key
from services.matcher.domain.formulation.weighted_pool import WeightedPool, is_hard, pair_fit, weighted_rules
from services.matcher.domain.hard_rules.capacity import capacity_of
from services.matcher.domain.hard_rules.capacity_classes import shape_mask
from services.matcher.domain.hard_rules.check_pairs import may_meet
from services.matcher.domain.hard_rules.rule_book import standing_rules
from services.matcher.domain.round import SolvedPool
from services.matcher.domain.round.lazy_constraints import RoundAssignment, assign
from services.matcher.solver.arrays import I64
from services.matcher.solver.assignment import Assignment, Edges, TieBreak
from services.matcher.solver.dynamic import NO_PAIRS, DynamicAssignment, Partners, dynamic_assignment


@dataclass(frozen=True)
class Column:
    """A capacity class of a mentor (row of those who arrive): its places, and its pairs with mentees of a problem."""

    mentor: int
    mask: int
    places: int
    rows: I64  # mentees
    values: I64

    def partners(self, problem: WeightedPool, mentor_id: str) -> Partners:
        """Return the pairs with the ties of a mentor of this id."""
        key = np.array([tie_key(f"{mentor_id}/{self.mask}")], dtype=np.uint64)
        return Partners(self.rows, self.values, TieBreak(problem.tie_break.mentee_key, key).of(self.rows, 0))


def start_changes(problem: WeightedPool, answer: RoundAssignment) -> DynamicAssignment:
    """Return the dynamic assignment of a solved problem."""
    edges, assignment = answer.core, answer.assignment
    if edges is None or assignment is None:
        edges, assignment = _nobody_matched(len(problem.pool.mentees), len(problem.seats.places))
    return dynamic_assignment(
        problem.solver_rules, problem.scores, problem.seats.places, edges, assignment, tie_break=problem.tie_break
    )


def with_any_places(solved: SolvedPool) -> tuple[WeightedPool, RoundAssignment]:
    """Return a solved problem with bonuses that stay valid when places are added, and its answer.

    With the dial at 100 a bonus exceeds the fit of as many pairs as there are places for; here, of as many as there are
    people. Both decide alike (see ``objective``).
    """
    problem = replace(solved.problem, bonus_places=len(solved.problem.pool.mentees))
    if np.array_equal(problem.scores.mentee_bonus, solved.problem.scores.mentee_bonus):
        return solved.problem, solved.answer
    return problem, assign(problem, alternates=0)


def _nobody_matched(mentees: int, columns: int) -> tuple[Edges, Assignment]:
    """Return the answer where a side is empty."""
    nothing, free, none = (np.zeros(size, np.int64) for size in (mentees, columns, 0))
    pairs = Assignment(nothing - 1, nothing, free, nothing, free, 0)
    return Edges(np.zeros(mentees + 1, np.int64), none, none, none), pairs


def closed(problem: WeightedPool, mentor_rows: Sequence[int]) -> dict[int, tuple[Partners, int]]:
    """Return the columns of mentors who leave, each without pairs or places."""
    columns = np.flatnonzero(np.isin(problem.seats.mentor_rows, np.array(mentor_rows, dtype=np.int64)))
    return dict.fromkeys(columns.tolist(), (NO_PAIRS, 0))


def columns_of(
    problem: WeightedPool, mentors: Sequence[Mentor], among: I64, blocks: frozenset[Pair] = frozenset()
) -> list[Column]:
    """Return the capacity classes of mentors who arrive, with the values of all their pairs with these mentees (rows).

    The mentees' bonuses are those of the problem.
    """
    pool = problem.pool
    seats = [(j, mask, places) for j, mentor in enumerate(mentors) for mask, places in _classes(mentor)]
    if not seats or not len(among):
        return [Column(j, mask, places, NO_PAIRS.rows, NO_PAIRS.values) for j, mask, places in seats]
    mentees = tuple(pool.mentees[row] for row in among.tolist())
    fits = _fits(problem, Pool(mentees, tuple(mentors), pool.at, pool.weights), among, blocks)
    asked = np.array([shape_mask(frozenset({mentee.facts.request_shape})) for mentee in mentees], dtype=np.int64)
    columns = []
    for j, mask, places in seats:
        rows, fit = fits(np.flatnonzero(asked & mask), j)
        kept = np.array([mentees[row].held == mentors[j].id for row in rows.tolist()], dtype=np.int64)
        value = problem.scores.mentee_bonus[among[rows]] + problem.step * fit + kept
        columns.append(Column(j, mask, places, among[rows], value))
    return columns


def _fits(base: WeightedPool, pool: Pool, among: I64, blocks: frozenset[Pair]) -> Callable[[I64, int], tuple[I64, I64]]:
    """Return a function that returns which of some mentees may meet a mentor of ``pool``, and the fit of each pair.

    ``among`` are the rows of the pool's mentees in ``base``, whose weights apply. Only what rules and scores of pairs
    need is encoded: criteria that count, or are hard.
    """
    share_of = dict(zip(base.encoded_pool.coded, base.shares, strict=True))
    needed = [name for name, share in share_of.items() if share.any() or is_hard(pool.weights, name)]
    coded = {name: criteria()[name].code(pool) for name in needed}
    shares = np.array([share_of[name][among] for name in needed], dtype=np.int64).reshape(len(needed), len(among))
    rules = weighted_rules(standing_rules(pool, blocks), coded, shares, pool.weights)

    def fits(rows: I64, mentor: int) -> tuple[I64, I64]:
        rows = rows[may_meet(rules, rows, np.full(len(rows), mentor))]
        return rows, pair_fit(coded, shares, rows, np.full(len(rows), mentor))

    return fits


def _classes(mentor: Mentor) -> list[tuple[int, int]]:
    return [(shape_mask(shapes), places) for places, shapes in capacity_of(mentor).seats]
