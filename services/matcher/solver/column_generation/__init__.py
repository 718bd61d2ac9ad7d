"""Column generation over eligibility, scoring and assignment: from rules and scores to a proved assignment."""

from .limits import Limits
from .solution import Solution, Stats
from .solve import solve
from .watch import STEPS, Watch

__all__ = ["STEPS", "Limits", "Solution", "Stats", "Watch", "solve"]
