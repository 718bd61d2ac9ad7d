"""The optimum of a problem in plain Python; twin of `compiled_optimise`, with the same pairs."""

import numpy as np

from services.matcher.domain.assignment.outcome import Outcome, Pause
from services.matcher.domain.assignment.plain_repair import PlainRepair, fold, unfold
from services.matcher.domain.assignment.problem import Problem


def optimise_plain(problem: Problem, start: Outcome | None, pause: Pause) -> Outcome:
    """Return the optimum, from `start` when given."""
    if start is None:
        prices, pairs = [0] * problem.mentors, [-1] * problem.mentees
    else:
        prices, pairs = fold(start.mentor_price, start.mentor_tie_price), start.mentor_of.tolist()
    repair = PlainRepair(problem, prices, pairs)
    repair.run(pause)
    u, p = unfold(repair.mentee_price)
    v, q = unfold(repair.mentor_price)
    return Outcome(np.array(repair.mentor_of, dtype=np.int64), u, p, v, q)
