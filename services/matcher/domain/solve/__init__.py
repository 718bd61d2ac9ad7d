"""From rules and scores to a proved assignment: the loop that composes eligibility, scoring and assignment."""

from services.matcher.domain.solve.limits import Limits
from services.matcher.domain.solve.solution import Solution, Stats
from services.matcher.domain.solve.solve import solve
from services.matcher.domain.solve.watch import STEPS, Watch

__all__ = ["STEPS", "Limits", "Solution", "Stats", "Watch", "solve"]
