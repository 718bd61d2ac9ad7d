"""The transportation problem, exactly: an assignment of most value, prices that prove it, a fixed tie-break."""

from services.matcher.domain.assignment.assign import assign, optimise, priced, rough_prices
from services.matcher.domain.assignment.certify import certify
from services.matcher.domain.assignment.edges import Assignment, Certificate, Edges
from services.matcher.domain.assignment.marginal import OneMore, one_more_place
from services.matcher.domain.assignment.outcome import Outcome, Rebid
from services.matcher.domain.assignment.problem import LARGEST_TOTAL, checked_capacity, indexed
from services.matcher.domain.assignment.standing import Standing
from services.matcher.domain.assignment.tie_break import TieBreak

__all__ = [
    "LARGEST_TOTAL",
    "Assignment",
    "Certificate",
    "Edges",
    "OneMore",
    "Outcome",
    "Rebid",
    "Standing",
    "TieBreak",
    "assign",
    "certify",
    "checked_capacity",
    "indexed",
    "one_more_place",
    "optimise",
    "priced",
    "rough_prices",
]
