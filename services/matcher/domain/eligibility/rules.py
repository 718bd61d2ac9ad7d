"""The hard rules of a round, as bit masks."""

from dataclasses import dataclass

import numpy as np

from services.matcher.domain.arrays import I64, U64, as_i64, as_u64
from services.matcher.domain.errors import BadArraysError


@dataclass(frozen=True)
class Rules:
    """A pair (i, j) is eligible iff every rule holds and it is not excluded.

    M mentees, N mentors; R "any" rules (share at least one bit: a language, a format, a type) and S "all" rules (the
    mentor has every bit the mentee asks for: musts, clearance). A bit means whatever the layer above decides. R and S
    may be 0; the arrays then have shape (0, M) and (0, N), which is where M and N are read from.
    """

    any_mentee: U64  # (R, M) for every r: any_mentee[r, i] & any_mentor[r, j] != 0
    any_mentor: U64  # (R, N)
    all_mentee: U64  # (S, M) for every s: all_mentee[s, i] & ~all_mentor[s, j] == 0
    all_mentor: U64  # (S, N)
    excluded: I64  # (E, 2) pairs (mentee row, mentor row) that must not meet

    @property
    def mentees(self) -> int:
        """M, the number of mentee rows."""
        return int(self.any_mentee.shape[1])

    @property
    def mentors(self) -> int:
        """N, the number of mentor rows."""
        return int(self.any_mentor.shape[1])

    def checked(self) -> "Rules":
        """Return the same rules as contiguous arrays; raise `BadArraysError` when shapes or rows do not agree."""
        any_mentee = as_u64("any_mentee", self.any_mentee, (None, None))
        any_mentor = as_u64("any_mentor", self.any_mentor, (any_mentee.shape[0], None))
        all_mentee = as_u64("all_mentee", self.all_mentee, (None, any_mentee.shape[1]))
        all_mentor = as_u64("all_mentor", self.all_mentor, (all_mentee.shape[0], any_mentor.shape[1]))
        excluded = as_i64("excluded", self.excluded, (None, 2))
        if excluded.size and (
            excluded.min() < 0 or (excluded >= np.array([any_mentee.shape[1], any_mentor.shape[1]])).any()
        ):
            raise BadArraysError("excluded names a row that is not there")
        return Rules(any_mentee, any_mentor, all_mentee, all_mentor, excluded)
