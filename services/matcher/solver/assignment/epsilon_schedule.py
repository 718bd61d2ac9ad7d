"""Choose the bidding side and the epsilons of an auction, for both twins.

Where one side is scarce, it bids from zero prices of the other side with the smallest epsilon at once; prices then stay
zero wherever there is no competition. In a balanced market that would need very many small raises, so both sides bid in
turn and epsilon shrinks from phase to phase (Bertsekas, Castanon and Tsaknakis, SIAM J. Optimization 3, 1993).
"""

import numpy as np

from .bipartite_graph import BipartiteGraph

SCALE = 4  # prices of the auction are quarters of a value
FACTOR = 5  # by which epsilon shrinks from phase to phase
SCARCE, SURPLUS = 0.9, 1.3  # places per mentee below and above which one side alone bids
ONE_SIDED_BUDGET = 60  # scans per edge; a market that needs more is nearly balanced
GENTLE_BUDGET = 60  # scans per edge, for epsilons fitted to the spread of values
FULL_BUDGET = 1000  # scans per edge; exact repair does the rest


def places_per_mentee(problem: BipartiteGraph) -> float:
    """Return the usable places per mentee with an edge."""
    places = np.minimum(problem.capacity, np.diff(problem.mentor_indptr)).sum()
    return float(places) / max(1, int(np.count_nonzero(np.diff(problem.indptr))))


def schedules(problem: BipartiteGraph) -> list[tuple[list[int], int]]:
    """Return two sequences of shrinking epsilons, in scaled values, each with a budget of edge scans.

    The first fits the spread of values, which decides between mentors; a large bonus common to all pairs does not slow
    it down. Where prices must rise to such a bonus in small steps it runs out of budget, and the second starts from the
    highest value.
    """
    edges = len(problem.value)
    highest, lowest = int(problem.value.max(initial=1)), int(problem.value.min(initial=2**62))
    gentle, full = SCALE * max(0, highest - lowest) // 500, SCALE * highest // 16
    return [(_shrinking(gentle), GENTLE_BUDGET * edges), (_shrinking(full), FULL_BUDGET * edges)]


def near_schedule(problem: BipartiteGraph, off: int) -> list[tuple[list[int], int]]:
    """Return a schedule for prices that are wrong by at most ``off``, in values."""
    return [(_shrinking(SCALE * off // 500), GENTLE_BUDGET * len(problem.value))]


def rough_epsilon(problem: BipartiteGraph) -> int:
    """Return one coarse epsilon, in scaled values: a hundredth of the spread of values."""
    return max(1, SCALE * int(problem.value.max(initial=1) - problem.value.min(initial=2**62)) // 100)


def _shrinking(first: int) -> list[int]:
    epsilons = [max(1, first)]
    while epsilons[-1] > 1:
        epsilons.append(max(1, epsilons[-1] // FACTOR))
    return epsilons
