"""The optimum of a problem by the compiled core: auction for a good start, then exact repair.

Twin of `plain_optimise`; both reach the one optimum of (value, tie), so their pairs are the same.
"""

from collections.abc import Callable

import numpy as np

from services.matcher.domain.arrays import I64
from services.matcher.domain.assignment.market import Market, Queue, Work
from services.matcher.domain.assignment.outcome import Outcome, Pause
from services.matcher.domain.assignment.problem import Problem, without
from services.matcher.domain.assignment.strategy import (
    ONE_SIDED_BUDGET,
    SCALE,
    SCARCE,
    SURPLUS,
    places_per_mentee,
    schedules,
)
from services.matcher.domain.compiled import Core, number

SLICE = 4_000_000  # edges between two looks at the clock, about 10 ms


def optimise_compiled(core: Core, problem: Problem, start: Outcome | None, aside: I64 | None, pause: Pause) -> Outcome:
    """Return the optimum; from `start` when given, else from an auction suited to the market."""
    market = Market(problem)
    work = Work(problem.mentees, problem.mentors)
    if start is None:
        easier, level = without(problem, aside)
        market.arrays["value"] = easier.value
        market.point_at("value")
        _auction(core, easier, market, pause, one_sided=aside is None)
        market.v[:] = np.where(market.v > 0, (market.v + SCALE // 2) // SCALE + level, 0)
        market.arrays["value"] = problem.value
        market.point_at("value")
        # First exact by value alone: far fewer pairs move than if ties had to be right at once.
        with_ties, market.arrays["tie"] = market.arrays["tie"], np.zeros_like(problem.tie)
        market.point_at("tie")
        _repair(core, market, work, pause)
        market.arrays["tie"] = with_ties
        market.point_at("tie")
    else:
        market.v[:], market.q[:] = start.mentor_price, start.mentor_tie_price
        market.seat_pairs(start.mentor_of)
    _repair(core, market, work, pause)
    mentor_of = np.full(problem.mentees, -1, np.int64)
    matched = market.edge_of >= 0
    mentor_of[matched] = problem.mentor[market.edge_of[matched]]
    return Outcome(mentor_of, market.u, market.p, market.v, market.q)


def _repair(core: Core, market: Market, work: Work, pause: Pause) -> None:
    core.cairn_tighten(market.reference)
    for step, people in ((core.cairn_place, len(market.u)), (core.cairn_fill, len(market.v))):
        at = 0
        while at < people:
            pause(at / people)
            at = step(market.reference, work.reference, number(at), number(SLICE))


def _auction(core: Core, problem: Problem, market: Market, pause: Pause, *, one_sided: bool) -> None:
    """Let the scarce side bid from zero prices of the plentiful one; else both sides in turn, with epsilon scaling."""
    if not len(problem.mentor):
        return
    ratio = places_per_mentee(problem)
    budget = ONE_SIDED_BUDGET * len(problem.mentor)
    if ratio < SCARCE and one_sided and _mentors_bid(core, problem, market, pause, budget) > 0:
        return
    if ratio > SURPLUS and _mentees_bid(core, market, pause, budget) > 0:
        return
    _both_bid(core, problem, market, pause)


def _mentors_bid(core: Core, problem: Problem, market: Market, pause: Pause, budget: int) -> int:
    np.maximum.at(market.v, problem.mentor, SCALE * problem.value)
    queue = Queue(problem.mentors)
    core.cairn_turn(market.reference, queue.reference, number(SCALE))
    return _drained(core.cairn_reverse, market, queue, 1, pause, budget)


def _mentees_bid(core: Core, market: Market, pause: Pause, budget: int) -> int:
    queue = Queue(len(market.u))
    core.cairn_loosen(market.reference, queue.reference, number(SCALE), number(1))
    return _drained(core.cairn_forward, market, queue, 1, pause, budget)


def _both_bid(core: Core, problem: Problem, market: Market, pause: Pause) -> None:
    mentees, mentors = Queue(problem.mentees), Queue(problem.mentors)
    for course, budget in schedules(problem):
        left = budget
        for epsilon in course:
            core.cairn_loosen(market.reference, mentees.reference, number(SCALE), number(epsilon))
            left = _drained(core.cairn_forward, market, mentees, epsilon, pause, left)
            if left > 0:
                core.cairn_turn(market.reference, mentors.reference, number(SCALE))
                left = _drained(core.cairn_reverse, market, mentors, epsilon, pause, left)
            if left <= 0:
                break
        if left > 0:
            return


def _drained(step: Callable[..., int], market: Market, queue: Queue, epsilon: int, pause: Pause, budget: int) -> int:
    """Run a bidding step until its queue is empty; return the looks left, 0 when they ran out first."""
    while len(queue) and budget > 0:
        pause(0.0)
        allowed = min(SLICE, budget)
        budget -= allowed - step(market.reference, queue.reference, number(SCALE), number(epsilon), number(allowed))
    return max(0, budget) if not len(queue) else 0
