"""The optimum of a problem in plain Python; twin of `compiled_optimise`, with the same pairs."""

from dataclasses import replace

import numpy as np

from ..arrays import I64
from .bipartite_graph import BipartiteGraph, without
from .epsilon_schedule import SCALE
from .optimum import Optimum, Pause, Rebid
from .python_auction import PlainAuction
from .python_augment import FOLD, PlainRepair, fold, unfold


def optimise_plain(
    problem: BipartiteGraph, start: Optimum | None, rebid: Rebid | None, aside: I64 | None, pause: Pause
) -> Optimum:
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
    return Optimum(np.array(repair.mentor_of, dtype=np.int64), u, p, v, q)
