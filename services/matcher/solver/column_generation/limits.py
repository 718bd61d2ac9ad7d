"""Memory and thread limits of a run; the time limit belongs to ``Watch``."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Limits of one run; None means no limit. Exceeding one raises a ``LimitReachedError``."""

    megabytes: float | None = None  # working arrays of the solver, estimated before they are allocated
    threads: int | None = None  # None: one per processor, at most two; the result does not depend on it
