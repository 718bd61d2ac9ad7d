"""The optimum of a problem in plain Python; twin of `compiled_optimise`, with the same pairs."""

from dataclasses import replace

import numpy as np

from services.matcher.domain.arrays import I64
from services.matcher.domain.assignment.outcome import Outcome, Pause, Rebid
from services.matcher.domain.assignment.plain_auction import PlainAuction
from services.matcher.domain.assignment.plain_repair import FOLD, PlainRepair, fold, unfold
from services.matcher.domain.assignment.problem import Problem, without
from services.matcher.domain.assignment.strategy import SCALE


def optimise_plain(
    problem: Problem, start: Outcome | None, rebid: Rebid | None, aside: I64 | None, pause: Pause
) -> Outcome:
    """Return the optimum, from `start` when given."""
    if start is None or rebid is not None:
        easier, level = without(problem, aside)
        auction = PlainAuction(easier)
        if start is None:
            auction.run(pause)
        else:
            auction.run_from(
                start.mentor_of.tolist(), (start.mentor_price - level).tolist(), rebid.off if rebid else None, pause
            )
        by_value = PlainRepair(
            replace(problem, tie=np.zeros_like(problem.tie)),
            [((price + SCALE // 2) // SCALE + level if price > 0 else 0) << FOLD for price in auction.mentor_price],
            auction.mentor_of,
        )
        by_value.run(pause)
        prices, pairs = by_value.mentor_price, by_value.mentor_of
    else:
        prices, pairs = fold(start.mentor_price, start.mentor_tie_price), start.mentor_of.tolist()
    repair = PlainRepair(problem, prices, pairs)
    repair.run(pause)
    u, p = unfold(repair.mentee_price)
    v, q = unfold(repair.mentor_price)
    return Outcome(np.array(repair.mentor_of, dtype=np.int64), u, p, v, q)
