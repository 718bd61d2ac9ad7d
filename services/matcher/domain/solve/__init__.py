"""From rules and scores to a proved assignment: the loop that composes eligibility, scoring and assignment."""

from services.matcher.domain.solve.limits import Limits, Progress
from services.matcher.domain.solve.solution import Solution, Stats
from services.matcher.domain.solve.solve import solve

__all__ = ["Limits", "Progress", "Solution", "Stats", "solve"]
