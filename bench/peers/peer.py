"""A solver other than ours, ready to run."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.matcher.solver.arrays import I64


@dataclass(frozen=True)
class Peer:
    """`run` is what is timed; `mentor_of` reads its answer afterwards: (M,) mentor rows, -1 for none."""

    run: Callable[[], Any]
    mentor_of: Callable[[Any], I64]


def nobody(mentees: int) -> I64:
    """Start from an answer in which nobody is matched."""
    return np.full(mentees, -1, np.int64)
