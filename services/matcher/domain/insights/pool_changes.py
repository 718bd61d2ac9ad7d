"""A solved pool in which mentors change or arrive: values and ties of their pairs, for the dynamic assignment.

The solver's columns are capacity classes. A mentor who changes (one place taken, say) closes all their columns and
arrives with new ones, since the values of all their pairs may change with the places that are left.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from services.matcher.domain.candidates import Mentor, Pair
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.criteria.registry import criteria
from services.matcher.domain.formulation.check_pairs import passing
from services.matcher.domain.formulation.objective import bonuses, tie_key
from services.matcher.domain.formulation.round_problem import RoundProblem
from services.matcher.domain.formulation.unsent_proposals import unsent_proposals
from services.matcher.domain.formulation.weighted_pool import WeightedPool
from services.matcher.domain.hard_rules.capacity import capacity_of
from services.matcher.domain.hard_rules.capacity_classes import shape_mask
from services.matcher.domain.hard_rules.rule_book import hard_rule, standing_rules, with_hard
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

    def partners(self, problem: RoundProblem, mentor_id: str) -> Partners:
        """Return the pairs with the ties of a mentor of this id."""
        key = np.array([tie_key(f"{mentor_id}/{self.mask}")], dtype=np.uint64)
        return Partners(self.rows, self.values, TieBreak(problem.tie_break.mentee_key, key).of(self.rows, 0))


def start_changes(problem: RoundProblem, answer: RoundAssignment) -> DynamicAssignment:
    """Return the dynamic assignment of a solved problem."""
    edges, assignment = answer.core, answer.assignment
    if edges is None or assignment is None:
        edges, assignment = _nobody_matched(len(problem.pool.mentees), len(problem.seats.places))
    return dynamic_assignment(
        problem.rules, problem.scores, problem.seats.places, edges, assignment, tie_break=problem.tie_break
    )


def with_any_places(solved: SolvedPool) -> tuple[RoundProblem, RoundAssignment]:
    """Return a solved problem with bonuses that stay valid when places are added, and its answer.

    With the dial at 100 a bonus exceeds the fit of as many pairs as there are places for; here, of as many as there are
    people. Both decide alike (see ``objective``).
    """
    problem, pool = solved.problem, solved.problem.pool
    encoded = problem.weighted_pool.encoded_pool
    people, held = len(pool.mentees), unsent_proposals(encoded.held)
    bonus = bonuses(encoded.waits.priorities(pool.weights), pool.weights.coverage, people, problem.step, held)
    if np.array_equal(bonus, problem.scores.mentee_bonus):
        return problem, solved.answer
    problem = replace(problem, scores=replace(problem.scores, mentee_bonus=bonus))
    return problem, assign(problem, alternates=0)


def _nobody_matched(mentees: int, columns: int) -> tuple[Edges, Assignment]:
    """Return the answer where a side is empty."""
    nothing, free, none = (np.zeros(size, np.int64) for size in (mentees, columns, 0))
    pairs = Assignment(nothing - 1, nothing, free, nothing, free, 0)
    return Edges(np.zeros(mentees + 1, np.int64), none, none, none), pairs


def closed(problem: RoundProblem, mentor_rows: Sequence[int]) -> dict[int, tuple[Partners, int]]:
    """Return the columns of mentors who leave, each without pairs or places."""
    columns = np.flatnonzero(np.isin(problem.seats.mentor_rows, np.array(mentor_rows, dtype=np.int64)))
    return dict.fromkeys(columns.tolist(), (NO_PAIRS, 0))


def columns_of(
    problem: RoundProblem, mentors: Sequence[Mentor], among: I64, blocks: frozenset[Pair] = frozenset()
) -> list[Column]:
    """Return the capacity classes of mentors who arrive, with the values of all their pairs with these mentees (rows).

    The mentees' bonuses are those of the problem.
    """
    pool = problem.pool
    seats = [(j, mask, places) for j, mentor in enumerate(mentors) for mask, places in _classes(mentor)]
    if not seats or not len(among):
        return [Column(j, mask, places, NO_PAIRS.rows, NO_PAIRS.values) for j, mask, places in seats]
    mentees = tuple(pool.mentees[row] for row in among.tolist())
    weighted_pool = _weigh(problem.weighted_pool, Pool(mentees, tuple(mentors), pool.at, pool.weights), among, blocks)
    asked = np.array([shape_mask(frozenset({mentee.facts.request_shape})) for mentee in mentees], dtype=np.int64)
    columns = []
    for j, mask, places in seats:
        rows, fit = _fits(weighted_pool, np.flatnonzero(asked & mask), j)
        kept = np.array([mentees[row].held == mentors[j].id for row in rows.tolist()], dtype=np.int64)
        value = problem.scores.mentee_bonus[among[rows]] + problem.step * fit + kept
        columns.append(Column(j, mask, places, among[rows], value))
    return columns


def _weigh(base: WeightedPool, pool: Pool, among: I64, blocks: frozenset[Pair]) -> WeightedPool:
    """Return mentors who arrive, beside these mentees (rows of ``base``), under its weights.

    Only what rules and scores of pairs need is encoded: criteria that count, or are hard.
    """
    counted = {name for name, share in zip(base.pairs.coded, base.pairs.share_of_kind.T, strict=True) if share.any()}
    coded = {name: criteria()[name].code(pool) for name in base.pairs.coded if name in counted or name in base.hard}
    share_of = dict(zip(base.pairs.coded, base.pairs.shares[:, among], strict=True))
    shares = np.array([share_of[name] for name in coded], dtype=np.int64).reshape(len(coded), len(among))
    book = with_hard(standing_rules(pool, blocks), {name: hard_rule(coded[name]) for name in base.hard})
    return replace(base, pool=pool, pairs=replace(base.pairs, coded=coded, shares=shares), book=book)


def _fits(weighted_pool: WeightedPool, rows: I64, mentor: int) -> tuple[I64, I64]:
    """Return which of the mentees may meet a mentor, and the fit of each such pair."""
    rows = rows[passing(weighted_pool, rows, np.full(len(rows), mentor))]
    return rows, weighted_pool.pairs.fit(rows, np.full(len(rows), mentor))


def _classes(mentor: Mentor) -> list[tuple[int, int]]:
    return [(shape_mask(shapes), places) for places, shapes in capacity_of(mentor).seats]
