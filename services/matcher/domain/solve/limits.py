"""How much a run may take, and how it says how far it is."""

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[str, float], None]  # (step: "score", "assign", "price"; share done, 0.0 to 1.0)
Cancelled = Callable[[], bool]


@dataclass(frozen=True)
class Limits:
    """Bounds of one run; None means no bound. Crossing one raises a `LimitReachedError`."""

    seconds: float | None = None
    megabytes: float | None = None  # working arrays of the kernel, estimated before they are taken
    threads: int | None = None  # None: as many as there are processors, up to two; the answer is the same
