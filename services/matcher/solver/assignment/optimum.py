"""The optimum of a problem, which may also be a start."""

from collections.abc import Callable
from dataclasses import dataclass

from ..arrays import I64

Pause = Callable[[float], None]  # called between slices of work with the share done; may raise to stop


def no_pause(_: float) -> None:
    """Continue."""


@dataclass(frozen=True)
class Rebid:
    """Let both sides bid again from a start whose prices are wrong by at most ``off`` (None: unknown)."""

    off: int | None = None


@dataclass(frozen=True)
class Optimum:
    """Pairs and two-word prices. As a start, only pairs and mentors' prices are read, and both may be wrong."""

    mentor_of: I64  # (M,) -1 for none
    mentee_price: I64  # (M,)
    mentee_tie_price: I64
    mentor_price: I64  # (N,)
    mentor_tie_price: I64
