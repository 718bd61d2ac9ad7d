"""Solve a round: score, assign on a sparse core, prove over all eligible pairs."""

import numpy.typing as npt

from services.matcher.domain.assignment import TieBreak
from services.matcher.domain.eligibility import Rules
from services.matcher.domain.scoring import Scores
from services.matcher.domain.solve.limits import Cancelled, Limits, Progress
from services.matcher.domain.solve.solution import Solution


def solve(
    rules: Rules,
    scores: Scores,
    capacity: npt.ArrayLike,  # (N,) places per mentor, >= 0
    *,
    tie_break: TieBreak | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    alternates: int = 3,
    compiled: bool | None = None,  # None: when it is built; True: required; False: the plain twin
) -> Solution:
    """Return the assignment of most total score with its proof; the same pairs whatever the order of rows.

    Raises `BadArrays`, `ValueTooLarge`, `TimeLimitReached`, `MemoryLimitReached` or `RunCancelled`.
    """
    raise RuntimeError("the kernel is being written")
