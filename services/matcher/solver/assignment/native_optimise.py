"""The optimum of a problem in C: an auction for a good start, then exact repair.

Twin of ``python_optimise``; both reach the unique optimum of (value, tie), so their pairs are the same.
"""

import numpy as np

from ..arrays import I64
from ..native import NativeLibrary, number
from .bipartite_graph import BipartiteGraph, subtract_offset
from .epsilon_schedule import SCALE
from .native_auction import SLICE, NativeAuction
from .native_market import NativeMarket, Work
from .optimum import Optimum, Pause, Rebid


def optimise_native(
    core: NativeLibrary,
    problem: BipartiteGraph,
    start: Optimum | None,
    rebid: Rebid | None,
    bonus_offset: I64 | None,
    pause: Pause,
) -> Optimum:
    """Return the optimum, from ``start`` if given, otherwise from an auction."""
    work = Work(problem.mentees, problem.mentors)
    if start is None or rebid is not None:
        reduced, level = subtract_offset(problem, bonus_offset)
        auction = NativeAuction(core, reduced)
        if start is None:
            auction.run(pause, one_sided=bonus_offset is None)
        else:
            auction.run_from(start.mentor_of, start.mentor_price - level, rebid.off if rebid else None, pause)
        market = auction.market
        market.v[:] = np.where(market.v > 0, (market.v + SCALE // 2) // SCALE + level, 0)
        # Exact by value alone first: far fewer pairs move than with ties from the beginning.
        market.swap("value", problem.value)
        with_ties = market.swap("tie", np.zeros_like(problem.tie))
        _repair(core, market, work, pause)
        market.swap("tie", with_ties)
    else:
        market = NativeMarket(problem)
        market.v[:], market.q[:] = start.mentor_price, start.mentor_tie_price
        market.seat_pairs(start.mentor_of)
    _repair(core, market, work, pause)
    mentor_of = np.full(problem.mentees, -1, np.int64)
    matched = market.edge_of >= 0
    mentor_of[matched] = problem.mentor[market.edge_of[matched]]
    return Optimum(mentor_of, market.u, market.p, market.v, market.q)


def _repair(core: NativeLibrary, market: NativeMarket, work: Work, pause: Pause) -> None:
    core.cairn_tighten(market.reference)
    for step, people in ((core.cairn_place, len(market.u)), (core.cairn_fill, len(market.v))):
        at = 0
        while at < people:
            pause(at / people)
            at = step(market.reference, work.reference, number(at), number(SLICE))
