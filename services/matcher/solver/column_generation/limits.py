"""How much a run may take of the machine; its time is the watch's."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds of one run; None means no bound. Crossing one raises a `LimitReachedError`."""

    megabytes: float | None = None  # working arrays of the kernel, estimated before they are taken
    threads: int | None = None  # None: as many as there are processors, up to two; the answer is the same
