"""Two-sided stability: which pairs would both prefer each other, and what it would cost to rule that out.

Each side has a utility of its own: a mentee's fit including what matters most to them, and for a mentor how much they
can help this person (with one shared score the optimum would be nearly stable and the question trivial). A pair
*blocks* when both would be better off with each other: the mentee prefers the mentor to their own, and the mentor has a
free place for them, or the place of a person they help less.
"""

from dataclasses import dataclass

import numpy as np

from services.matcher.domain.candidates import Pair
from services.matcher.domain.formulation.placement import Placement
from services.matcher.domain.insights.baselines import deferred_acceptance
from services.matcher.domain.insights.evaluation import evaluate
from services.matcher.domain.insights.preferences import Preferences, preferences_of
from services.matcher.domain.round import SolvedPool
from services.matcher.solver.arrays import I64

_BEYOND = np.iinfo(np.int64).max  # above any utility of a mentor


@dataclass(frozen=True, kw_only=True)
class Stability:
    """How stable a round is, and the price of imposing stability.

    ``worst_regret`` is the largest gain of a mentee in a blocking pair, in points of 100. ``fewer_matched`` and
    ``lost_fit`` (thousandths of a score) are what the mentee-optimal stable answer loses against the round.
    """

    blocking: tuple[Pair, ...]
    worst_regret: int
    fewer_matched: int
    lost_fit: int


def stability(solved: SolvedPool) -> Stability:
    """Return the stability of the pairs of a round; pinned pairs are left out."""
    preferences = preferences_of(solved.problem)
    blocking, regret = blocking_pairs(preferences, Placement(solved.problem, solved.answer.mentor_of))
    alternative = preferences.ids(deferred_acceptance(preferences))
    made = {mentee_id: mentor for mentee_id, mentor in solved.mentor_of.items() if mentee_id not in dict(solved.pinned)}
    optimal, stable = (evaluate(solved.problem, pairs_made) for pairs_made in (made, alternative))
    return Stability(
        blocking=blocking,
        worst_regret=regret,
        fewer_matched=optimal.matched - stable.matched,
        lost_fit=optimal.fit - stable.fit,
    )


def blocking_pairs(preferences: Preferences, placed: Placement) -> tuple[tuple[Pair, ...], int]:
    """Return the blocking pairs, sorted by ids, and the worst regret in points of 100."""
    pool = preferences.weighted_pool.pool
    current = np.full((len(pool.mentees), 1), -1, dtype=np.int64)
    for mentor, people in placed.people.items():
        current[people, 0] = preferences.for_mentee[people, mentor]
    least = {shape: _least_help(preferences, placed, shape) for shape in set(pool.shape_of)}
    needed = np.array([least[shape] for shape in pool.shape_of], dtype=np.int64).reshape(preferences.eligible.shape)
    rows, mentors = np.nonzero(
        preferences.eligible & (preferences.for_mentee > current) & (preferences.for_mentor > needed)
    )
    pairs = [Pair(pool.mentees[i].id, pool.mentors[j].id) for i, j in zip(rows, mentors, strict=True)]
    gains = preferences.for_mentee[rows, mentors] - np.maximum(current[rows, 0], 0)
    return tuple(sorted(pairs)), int(gains.max(initial=0)) // 1000


def _least_help(preferences: Preferences, placed: Placement, shape: str) -> I64:
    """Return the utility (N) that a request of this shape must exceed for each mentor to take it.

    This is the least utility among the people whose place it could take; -1 where a place is free, above any utility
    where there is no such person.
    """
    needed = np.full(len(placed.people), -1, dtype=np.int64)
    for mentor in np.flatnonzero(~placed.free_for(shape)).tolist():
        rivals = placed.in_the_way(mentor, shape)
        needed[mentor] = preferences.for_mentor[rivals, mentor].min(initial=_BEYOND)
    return needed
