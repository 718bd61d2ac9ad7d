"""Which mentors to ask for one place more: with whom one person more would have a mentor.

Prices cannot tell it: they prove the answer, and may promise more than a place would bring. So everybody is laid out
with one place more, settled within the places there are, and the worth of each new place is read from the residual
graph (see ``assignment/marginal.py``), for all mentors at once and exactly.
"""

from dataclasses import dataclass, replace

import numpy as np

from services.matcher.domain.candidates import Mentor
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.formulation.round_problem import RoundProblem, round_problem
from services.matcher.domain.formulation.weighted_pool import weigh_pool
from services.matcher.domain.hard_rules.capacity_classes import CapacityClasses, shape_mask
from services.matcher.domain.hard_rules.musts import ready
from services.matcher.domain.hard_rules.rule_book import Flags
from services.matcher.domain.round import SolvedPool
from services.matcher.domain.round.lazy_constraints import assign
from services.matcher.solver.arrays import I64
from services.matcher.solver.assignment import one_more_place
from services.matcher.solver.scoring import score_block

LARGEST = 50_000_000  # pairs of mentees and kinds of seat: each is looked at once, some ten million in a second


@dataclass(frozen=True, kw_only=True)
class MorePlaces:
    """``mentors`` with whom one place more lets one person more have a mentor, the most needed first.

    ``looked`` is False for a pool too large to look at every pair.
    """

    mentors: tuple[str, ...] = ()
    looked: bool = True


def more_places(solved: SolvedPool) -> MorePlaces:
    """Find them in a settled pool, each thought of alone.

    Exact, as to people, but for two rare things: under a quality floor a mentor's load, which falls with a place more,
    may move a pair across it; and a pin that was refused for want of a place would take the new one.
    """
    pool = solved.problem.pool
    roomy = Pool(pool.mentees, tuple(map(_with_one_more, pool.mentors)), pool.at, pool.weights)
    if len(pool.mentees) * 3 * len(pool.mentors) > LARGEST:
        return MorePlaces(looked=False)
    frame = round_problem(weigh_pool(roomy, solved.snapshot.blocks))
    places = _places_now(frame.seats, solved.problem.seats)
    now = assign(replace(frame, seats=replace(frame.seats, places=places)), alternates=0).assignment
    if now is None:
        return MorePlaces()
    found = one_more_place(lambda mentees: _values(frame, mentees), now)
    added = (frame.seats.places > places) & found.comes_in
    columns = np.flatnonzero(added & np.array([ready(pool.mentors[row], pool.today) for row in frame.seats.mentor_rows]))
    best = sorted(columns.tolist(), key=lambda column: (-int(found.worth[column]), _id(frame, column)))
    return MorePlaces(mentors=tuple(_id(frame, column) for column in best))


def _with_one_more(mentor: Mentor) -> Mentor:
    return replace(mentor, facts=replace(mentor.facts, capacity=mentor.facts.capacity + 1))


def _places_now(frame: CapacityClasses, now: CapacityClasses) -> I64:
    """The places there are, over the seats of the frame: one kind of seat of each mentor has one more there."""
    known = dict(zip(zip(now.mentor_rows.tolist(), now.masks.tolist(), strict=True), now.places.tolist(), strict=True))
    kinds = zip(frame.mentor_rows.tolist(), frame.masks.tolist(), strict=True)
    return np.array([known.get(kind, 0) for kind in kinds], dtype=np.int64)


def _values(frame: RoundProblem, mentees: I64) -> I64:
    """What these mentees are worth in each seat; 0 where a rule forbids the pair."""
    values = score_block(frame.scores, mentees, np.arange(len(frame.seats.places)))
    allowed = np.array([_takes(frame, row) for row in mentees.tolist()], dtype=np.bool_).reshape(values.shape)
    return np.where(allowed, values, 0)


def _takes(frame: RoundProblem, mentee: int) -> Flags:
    """Which seats (K) a mentee could take, all rules considered."""
    shape = shape_mask(frozenset({frame.pool.shape_of[mentee]}))
    fits: Flags = (frame.seats.masks & np.uint64(shape)) != 0
    return fits & frame.weighted_pool.eligible(mentee)[frame.seats.mentor_rows]


def _id(problem: RoundProblem, column: int) -> str:
    return problem.pool.mentors[int(problem.seats.mentor_rows[column])].id
