"""Two-sided stability: would two people rather have each other, and what would it cost to rule that out.

Each side has a utility of its own: a mentee's fit with what matters most to them, and for a mentor how much they can
help this person (with one shared score the optimum would be nearly stable and the question trivial). A pair *blocks*
when both would be better off with each other: the mentee prefers the mentor to what they have, and the mentor has a
place for them beside their people, or in the place of somebody they help less.
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

_BEYOND = np.iinfo(np.int64).max  # more than anybody can be helped


@dataclass(frozen=True, kw_only=True)
class Stability:
    """How stable a round is, and the price of imposing stability.

    ``worst_regret`` is the most that a mentee of a blocking pair would gain, in points of 100. ``fewer_matched`` and
    ``lost_fit`` (thousandths of a score) are what the best stable answer for mentees loses against the round.
    """

    blocking: tuple[Pair, ...]
    worst_regret: int
    fewer_matched: int
    lost_fit: int


def stability(solved: SolvedPool) -> Stability:
    """Judge the pairs a round made; pinned ones are left as they are."""
    market = preferences_of(solved.problem)
    pairs, regret = blocking_pairs(market, Placement(solved.problem, solved.answer.mentor_of))
    alternative = market.ids(deferred_acceptance(market))
    weighted_pool = solved.problem.weighted_pool
    made = {one: mentor for one, mentor in solved.mentor_of.items() if one not in dict(solved.pinned)}
    best, other = (evaluate(weighted_pool, pairs_made) for pairs_made in (made, alternative))
    return Stability(
        blocking=pairs,
        worst_regret=regret,
        fewer_matched=best.matched - other.matched,
        lost_fit=best.fit - other.fit,
    )


def blocking_pairs(market: Preferences, placed: Placement) -> tuple[tuple[Pair, ...], int]:
    """The pairs that would rather have each other, sorted by ids, and the worst regret in points of 100."""
    pool = market.problem.pool
    have = np.full((len(pool.mentees), 1), -1, dtype=np.int64)
    for mentor, people in placed.people.items():
        have[people, 0] = market.for_mentee[people, mentor]
    least = {shape: _least_help(market, placed, shape) for shape in set(pool.shape_of)}
    needed = np.array([least[shape] for shape in pool.shape_of], dtype=np.int64).reshape(market.eligible.shape)
    rows, mentors = np.nonzero(market.eligible & (market.for_mentee > have) & (market.for_mentor > needed))
    found = [Pair(pool.mentees[i].id, pool.mentors[j].id) for i, j in zip(rows, mentors, strict=True)]
    gains = market.for_mentee[rows, mentors] - np.maximum(have[rows, 0], 0)
    return tuple(sorted(found)), int(gains.max(initial=0)) // 1000


def _least_help(market: Preferences, placed: Placement, shape: str) -> I64:
    """How much each mentor (N) helps whoever would make room for such a request, at least: more than that is better.

    -1, below any help, where a place is free; beyond any where none of their people would make room.
    """
    needed = np.full(len(placed.people), -1, dtype=np.int64)
    for mentor in np.flatnonzero(~placed.free_for(shape)).tolist():
        rivals = placed.in_the_way(mentor, shape)
        needed[mentor] = market.for_mentor[rivals, mentor].min(initial=_BEYOND)
    return needed
