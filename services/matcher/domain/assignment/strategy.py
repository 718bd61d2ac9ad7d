"""Which side bids, with what epsilon: the choices both twins of the auction share.

Where one side has places or people to spare, the other bids for it from zero prices with the smallest epsilon at once;
prices then stay zero wherever nobody competes. In a balanced market that would mean endless small raises, so both sides
take turns and epsilon shrinks from phase to phase (Bertsekas, Castanon and Tsaknakis, SIAM J. Optimization 3, 1993).
"""

import numpy as np

from services.matcher.domain.assignment.problem import Problem

SCALE = 4  # prices of the auction are quarters of a value
FACTOR = 5  # by which epsilon shrinks from phase to phase
SCARCE, SURPLUS = 0.9, 1.3  # places per mentee below and above which one side alone bids
ONE_SIDED_BUDGET = 60  # looks per edge; beyond it the market is nearly balanced after all
BUDGET = 1000  # looks per edge; beyond it exact repair takes over


def places_per_mentee(problem: Problem) -> float:
    """Return usable places per mentee with any edge."""
    places = np.minimum(problem.capacity, np.diff(problem.mentor_indptr)).sum()
    return float(places) / max(1, int(np.count_nonzero(np.diff(problem.indptr))))


def epsilons(problem: Problem) -> list[int]:
    """Return the shrinking epsilons of a balanced market, in scaled values; the last is 1."""
    shrinking = [max(1, SCALE * int(problem.value.max(initial=1)) // 16)]
    while shrinking[-1] > 1:
        shrinking.append(max(1, shrinking[-1] // FACTOR))
    return shrinking
