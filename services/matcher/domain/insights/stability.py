"""Two-sided stability: would two people rather have each other, and what would it cost to rule that out.

Each side has a utility of its own: a mentee's fit with what matters most to them, and for a mentor how much they can
help this person (with one shared score the optimum would be nearly stable and the question trivial). A pair *blocks*
when both would be better off with each other: the mentee prefers the mentor to what they have, and the mentor has a
place free, or somebody they help less.
"""

from dataclasses import dataclass

import numpy as np

from services.matcher.domain.insights.judge import judge
from services.matcher.domain.insights.market import Market, market_of, seated
from services.matcher.domain.insights.policies import Plan, stable
from services.matcher.domain.people import Pair
from services.matcher.domain.round import Settled


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


def stability(settled: Settled) -> Stability:
    """Judge the pairs a round made; pinned ones are left as they are."""
    market = market_of(settled.problem)
    pairs, regret = blocking_pairs(market, seated(market, settled.answer.mentor_of))
    alternative = market.ids(stable(market))
    reading = settled.problem.reading
    made = {one: mentor for one, mentor in settled.mentor_of.items() if one not in dict(settled.pinned)}
    best, other = (judge(reading, pairs_made) for pairs_made in (made, alternative))
    return Stability(
        blocking=pairs,
        worst_regret=regret,
        fewer_matched=best.matched - other.matched,
        lost_fit=best.fit - other.fit,
    )


def blocking_pairs(market: Market, plan: Plan) -> tuple[tuple[Pair, ...], int]:
    """The pairs that would rather have each other, sorted by ids, and the worst regret in points of 100."""
    pool, mentor_rows = market.problem.pool, market.problem.seats.mentor_rows
    have = np.full(len(pool.mentees), -1, dtype=np.int64)
    least = np.full(len(mentor_rows), -1, dtype=np.int64)  # below any help: a free place takes anybody
    for seat, sitting in plan.items():
        for row in sitting:
            have[row] = market.for_mentee[row, seat]
        if len(sitting) >= market.places[seat]:
            least[seat] = min(market.for_mentor[row, seat] for row in sitting)
    blocks = market.eligible & (market.for_mentee > have[:, np.newaxis]) & (market.for_mentor > least[np.newaxis, :])
    rows, seats = np.nonzero(blocks)
    found = {Pair(pool.mentees[i].id, pool.mentors[mentor_rows[s]].id) for i, s in zip(rows, seats, strict=True)}
    gains = market.for_mentee[rows, seats] - np.maximum(have[rows], 0)
    return tuple(sorted(found)), int(gains.max(initial=0)) // 1000
