"""The transportation problem, solved exactly: the best assignment, dual prices that prove it, a fixed tie-break."""

from .bipartite_graph import LARGEST_TOTAL, checked_capacity, indexed
from .certificate import certify
from .dual_prices import checked_prices
from .marginal_worth import OneMore, one_more_place
from .optimum import Optimum, Rebid
from .sparse_values import Assignment, Certificate, Edges
from .tie_break import TieBreak
from .transport import assign, optimise, priced, rough_prices

__all__ = [
    "LARGEST_TOTAL",
    "Assignment",
    "Certificate",
    "Edges",
    "OneMore",
    "Optimum",
    "Rebid",
    "TieBreak",
    "assign",
    "certify",
    "checked_capacity",
    "checked_prices",
    "indexed",
    "one_more_place",
    "optimise",
    "priced",
    "rough_prices",
]
