"""The transportation problem, solved exactly: the best assignment, dual prices that prove it, a fixed tie-break."""

from .bipartite_graph import LARGEST_TOTAL, checked_capacity, index_edges
from .certificate import certify
from .dual_prices import checked_prices
from .marginal_worth import OneMore, marginal_worth_of
from .optimum import Optimum, Rebid
from .sparse_values import Assignment, Certificate, Edges
from .tie_break import TieBreak
from .transport import assign, assignment_from, optimise, rough_prices

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
    "assignment_from",
    "certify",
    "checked_capacity",
    "checked_prices",
    "index_edges",
    "marginal_worth_of",
    "optimise",
    "rough_prices",
]
