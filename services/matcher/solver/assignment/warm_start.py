"""Check an assignment before it serves as a warm start."""

import numpy as np

from ..arrays import I64, as_rows
from ..errors import BadArraysError
from .dual_prices import checked_prices, negative, overdrawn
from .optimum import Optimum
from .sparse_values import Assignment


def checked_start(assignment: Assignment, mentees: int, capacity: I64) -> Optimum:
    """Return the start as int64 arrays; raise ``BadArraysError`` or ``ValueTooLargeError`` if it cannot be repaired.

    Repair works from any pairs within capacity and any prices that are not negative, however far from the optimum: it
    drops pairs without an edge, and computes mentees' prices from mentors'.
    """
    start = Optimum(
        as_rows("mentor_of", assignment.mentor_of, (mentees,), len(capacity), none=True),
        checked_prices("mentee_price", assignment.mentee_price, mentees),
        checked_prices("mentee_tie_price", assignment.mentee_tie_price, mentees),
        checked_prices("mentor_price", assignment.mentor_price, len(capacity)),
        checked_prices("mentor_tie_price", assignment.mentor_tie_price, len(capacity)),
    )
    over = np.flatnonzero(overdrawn(start.mentor_of, capacity))
    if len(over):
        raise BadArraysError(f"the start gives mentor {over[0]} more people than places")
    for side, prices in (
        ("mentee", (start.mentee_price, start.mentee_tie_price)),
        ("mentor", (start.mentor_price, start.mentor_tie_price)),
    ):
        below = np.flatnonzero(negative(*prices))
        if len(below):
            raise BadArraysError(f"the start has a negative price for {side} {below[0]}")
    return start
