"""Which mentors to ask for one more place: those with whom one more person would have a mentor.

Prices do not answer this: they are a bound on what a place would bring. So the problem is built with one more place per
mentor, solved within the current places, and the worth of each new place is read from the residual graph (see
``solver/assignment/marginal_worth.py``), for all mentors at once and exactly.
"""

from dataclasses import dataclass, replace

import numpy as np

from services.matcher.domain.candidates import Mentor
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.formulation.weighted_pool import WeightedPool, weigh_pool
from services.matcher.domain.hard_rules.capacity_classes import CapacityClasses, shape_mask
from services.matcher.domain.hard_rules.check_pairs import may_meet
from services.matcher.domain.hard_rules.musts import ready
from services.matcher.domain.hard_rules.rule_book import Flags
from services.matcher.domain.round import SolvedPool
from services.matcher.domain.round.lazy_constraints import assign
from services.matcher.solver.arrays import I64
from services.matcher.solver.assignment import one_more_place
from services.matcher.solver.scoring import score_block

LARGEST = 50_000_000  # pairs of mentees and capacity classes: each is visited once, some ten million in a second


@dataclass(frozen=True, kw_only=True)
class MorePlaces:
    """``mentors`` whose one more place gives one more person a mentor, the most needed first.

    ``looked`` is False for a pool too large to visit every pair.
    """

    mentors: tuple[str, ...] = ()
    looked: bool = True


def more_places(solved: SolvedPool) -> MorePlaces:
    """Return the mentors of a solved pool with whom one more place matches one more person, each considered alone.

    Exact in the number of people, except in two rare cases: a mentor's load falls with one more place, which may move a
    pair across the quality floor; and a pin that was refused for lack of a place would take the new one.
    """
    pool = solved.problem.pool
    enlarged = Pool(pool.mentees, tuple(map(_with_one_more, pool.mentors)), pool.at, pool.weights)
    if len(pool.mentees) * 3 * len(pool.mentors) > LARGEST:
        return MorePlaces(looked=False)
    problem = weigh_pool(enlarged, solved.snapshot.blocks)
    places = _places_now(problem.seats, solved.problem.seats)
    assignment = assign(problem, places=places, alternates=0).assignment
    if assignment is None:
        return MorePlaces()
    marginal = one_more_place(lambda mentees: _values(problem, mentees), assignment)
    added = (problem.seats.places > places) & marginal.comes_in
    columns = np.flatnonzero(
        added & np.array([ready(pool.mentors[row], pool.today) for row in problem.seats.mentor_rows])
    )
    best = sorted(columns.tolist(), key=lambda column: (-int(marginal.worth[column]), _id(problem, column)))
    return MorePlaces(mentors=tuple(_id(problem, column) for column in best))


def _with_one_more(mentor: Mentor) -> Mentor:
    return replace(mentor, facts=replace(mentor.facts, capacity=mentor.facts.capacity + 1))


def _places_now(enlarged: CapacityClasses, now: CapacityClasses) -> I64:
    """Return the current places of each capacity class of the enlarged problem; 0 for a new class."""
    places_of = dict(
        zip(zip(now.mentor_rows.tolist(), now.masks.tolist(), strict=True), now.places.tolist(), strict=True)
    )
    kinds = zip(enlarged.mentor_rows.tolist(), enlarged.masks.tolist(), strict=True)
    return np.array([places_of.get(kind, 0) for kind in kinds], dtype=np.int64)


def _values(problem: WeightedPool, mentees: I64) -> I64:
    """Return the values of these mentees in each capacity class; 0 where a rule forbids the pair."""
    values = score_block(problem.scores, mentees, np.arange(len(problem.seats.places)))
    allowed = np.array([_takes(problem, row) for row in mentees.tolist()], dtype=np.bool_).reshape(values.shape)
    return np.where(allowed, values, 0)


def _takes(problem: WeightedPool, mentee: int) -> Flags:
    """Return which capacity classes (K) a mentee could take, all rules considered."""
    shape = shape_mask(frozenset({problem.pool.shape_of[mentee]}))
    fits: Flags = (problem.seats.masks & np.uint64(shape)) != 0
    return fits & may_meet(problem.rules, np.array(mentee), problem.seats.mentor_rows)


def _id(problem: WeightedPool, column: int) -> str:
    return problem.pool.mentors[int(problem.seats.mentor_rows[column])].id
