"""Detection of pools in which all pairs have the same score."""

import numpy as np

from services.matcher.domain.formulation.weighted_pool import WeightedPool
from services.matcher.domain.hard_rules.check_pairs import may_meet


def shared_score(weighted_pool: WeightedPool) -> int | None:
    """Return the score, 0 to 100, that all eligible pairs share, where people could be paired in more than one way.

    None when two scores differ; the first mentees usually show that, so all pairs are read only where all are equal.
    """
    fit, choice = None, False
    every = np.arange(len(weighted_pool.pool.mentors))
    seen = np.zeros(len(weighted_pool.pool.mentors), dtype=np.bool_)
    for row in range(len(weighted_pool.pool.mentees)):
        mentors = np.flatnonzero(may_meet(weighted_pool.rules, np.array(row), every))
        if not len(mentors):
            continue
        fits = weighted_pool.fit(np.array(row), mentors)
        fit = int(fits[0]) if fit is None else fit
        if (fits != fit).any():
            return None
        choice = choice or len(mentors) > 1 or bool(seen[mentors].any())
        seen[mentors] = True
    return (fit + 500) // 1000 if fit is not None and choice else None
