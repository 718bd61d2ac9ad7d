"""The optimum of a problem in Python; twin of ``native_optimise``, with the same pairs."""

from dataclasses import replace

import numpy as np

from ..arrays import I64
from .bipartite_graph import BipartiteGraph, subtract_offset
from .epsilon_schedule import SCALE
from .optimum import Optimum, Pause, Rebid
from .python_auction import PythonAuction
from .python_augment import FOLD, PythonAugmenter, fold, unfold


def optimise_python(
    problem: BipartiteGraph, start: Optimum | None, rebid: Rebid | None, bonus_offset: I64 | None, pause: Pause
) -> Optimum:
    """Return the optimum, from ``start`` if given, otherwise from an auction."""
    if start is None or rebid is not None:
        reduced, level = subtract_offset(problem, bonus_offset)
        auction = PythonAuction(reduced)
        if start is None:
            auction.run(pause)
        else:
            auction.run_from(
                start.mentor_of.tolist(), (start.mentor_price - level).tolist(), rebid.off if rebid else None, pause
            )
        by_value = PythonAugmenter(
            replace(problem, tie=np.zeros_like(problem.tie)),
            [((price + SCALE // 2) // SCALE + level if price > 0 else 0) << FOLD for price in auction.mentor_price],
            auction.mentor_of,
        )
        by_value.run(pause)
        prices, pairs = by_value.mentor_price, by_value.mentor_of
    else:
        prices, pairs = fold(start.mentor_price, start.mentor_tie_price), start.mentor_of.tolist()
    repair = PythonAugmenter(problem, prices, pairs)
    repair.run(pause)
    u, p = unfold(repair.mentee_price)
    v, q = unfold(repair.mentor_price)
    return Optimum(np.array(repair.mentor_of, dtype=np.int64), u, p, v, q)
