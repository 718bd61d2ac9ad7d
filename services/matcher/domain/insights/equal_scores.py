"""Whether scores tell the people of a pool apart at all."""

import numpy as np

from services.matcher.domain.formulation.weighted_pool import WeightedPool


def shared_score(weighted_pool: WeightedPool) -> int | None:
    """The one score, 0 to 100, that all eligible pairs have, where anybody could be paired in more than one way.

    None when two scores differ, which the first mentees usually show; only where all are alike is every pair read.
    """
    fit, choice = None, False
    met = np.zeros(len(weighted_pool.pool.mentors), dtype=np.bool_)
    for row in range(len(weighted_pool.pool.mentees)):
        mentors = np.flatnonzero(weighted_pool.eligible(row))
        if not len(mentors):
            continue
        fits = weighted_pool.pairs.fit(np.full(len(mentors), row), mentors)
        fit = int(fits[0]) if fit is None else fit
        if (fits != fit).any():
            return None
        choice = choice or len(mentors) > 1 or bool(met[mentors].any())
        met[mentors] = True
    return (fit + 500) // 1000 if fit is not None and choice else None
