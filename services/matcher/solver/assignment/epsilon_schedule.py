"""Which side bids, with what epsilon: the choices both twins of the auction share.

Where one side has places or people to spare, the other bids for it from zero prices with the smallest epsilon at once;
prices then stay zero wherever nobody competes. In a balanced market that would mean endless small raises, so both sides
take turns and epsilon shrinks from phase to phase (Bertsekas, Castanon and Tsaknakis, SIAM J. Optimization 3, 1993).
"""

import numpy as np

from .bipartite_graph import BipartiteGraph

SCALE = 4  # prices of the auction are quarters of a value
FACTOR = 5  # by which epsilon shrinks from phase to phase
SCARCE, SURPLUS = 0.9, 1.3  # places per mentee below and above which one side alone bids
ONE_SIDED_BUDGET = 60  # looks per edge; beyond it the market is nearly balanced after all
GENTLE_BUDGET = 60  # looks per edge for epsilons fitted to the spread of values
FULL_BUDGET = 1000  # looks per edge; beyond it exact repair takes over


def places_per_mentee(problem: BipartiteGraph) -> float:
    """Return usable places per mentee with any edge."""
    places = np.minimum(problem.capacity, np.diff(problem.mentor_indptr)).sum()
    return float(places) / max(1, int(np.count_nonzero(np.diff(problem.indptr))))


def schedules(problem: BipartiteGraph) -> list[tuple[list[int], int]]:
    """Return two courses of shrinking epsilons, in scaled values, each with its budget of looks.

    The first fits the spread of values, which is what decides between mentors; a large bonus common to all pairs does
    not slow it. Where prices must climb to such a bonus by small raises it runs out; the second starts from the top.
    """
    looks = len(problem.value)
    highest, lowest = int(problem.value.max(initial=1)), int(problem.value.min(initial=2**62))
    gentle, full = SCALE * max(0, highest - lowest) // 500, SCALE * highest // 16
    return [(_shrinking(gentle), GENTLE_BUDGET * looks), (_shrinking(full), FULL_BUDGET * looks)]


def from_near(problem: BipartiteGraph, off: int) -> list[tuple[list[int], int]]:
    """Return a course for prices that are about right: `off` is how far they may lie, in values."""
    return [(_shrinking(SCALE * off // 500), GENTLE_BUDGET * len(problem.value))]


def rough_epsilon(problem: BipartiteGraph) -> int:
    """Return an epsilon, in scaled values, that is small beside what decides between mentors, and no smaller."""
    return max(1, SCALE * int(problem.value.max(initial=1) - problem.value.min(initial=2**62)) // 100)


def _shrinking(first: int) -> list[int]:
    course = [max(1, first)]
    while course[-1] > 1:
        course.append(max(1, course[-1] // FACTOR))
    return course
