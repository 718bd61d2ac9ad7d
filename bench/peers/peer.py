"""The interface of another solver, ready to run."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.matcher.solver.arrays import I64


@dataclass(frozen=True)
class Peer:
    """``run`` is the measured work; ``mentor_of`` converts its result to mentor rows (M,), -1 for unmatched."""

    run: Callable[[], Any]
    mentor_of: Callable[[Any], I64]


def nobody(mentees: int) -> I64:
    """Return mentor rows (M,) with no mentee matched."""
    return np.full(mentees, -1, np.int64)
