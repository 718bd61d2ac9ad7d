"""A problem's optimum as the solvers hand it over, and where a solver may start from."""

from collections.abc import Callable
from dataclasses import dataclass

from ..arrays import I64

Pause = Callable[[float], None]  # called between slices of work with the share done; may raise


def no_pause(_: float) -> None:
    """Work on without looking up."""


@dataclass(frozen=True)
class Rebid:
    """Ask both sides to bid again from a start, whose prices may be `off` by so much (None: by anything)."""

    off: int | None = None


@dataclass(frozen=True)
class Optimum:
    """Pairs and two-word prices. As a start only the pairs and the mentors' prices count, and both may be wrong."""

    mentor_of: I64  # (M,) -1 for none
    mentee_price: I64  # (M,)
    mentee_tie_price: I64
    mentor_price: I64  # (N,)
    mentor_tie_price: I64
