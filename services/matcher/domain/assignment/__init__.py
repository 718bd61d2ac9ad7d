"""The transportation problem, exactly: an assignment of most value, prices that prove it, a fixed tie-break."""

from services.matcher.domain.assignment.assign import assign
from services.matcher.domain.assignment.certify import certify
from services.matcher.domain.assignment.edges import Assignment, Certificate, Edges
from services.matcher.domain.assignment.tie_break import TieBreak

__all__ = ["Assignment", "Certificate", "Edges", "TieBreak", "assign", "certify"]
