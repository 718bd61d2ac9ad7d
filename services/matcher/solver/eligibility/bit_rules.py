"""The hard rules of a pool, as bit masks."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..arrays import I64, U64, as_i64, as_u64
from ..errors import BadArraysError

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class BitRules:
    """A pair (i, j) is eligible iff every rule holds and it is not excluded.

    M mentees, N mentors; R "any" rules (share at least one bit: a language, a format, a type) and S "all" rules (the
    mentor has every bit the mentee asks for: musts, clearance). The meaning of bits is up to the caller. R and S
    may be 0; the arrays then have shape (0, M) and (0, N), which is where M and N are read from.

    An "any" rule of more than 64 bits takes several consecutive rows: a shared bit in any of them is enough.
    An "all" rule of more bits is the same as several rules.
    """

    any_mentee: U64  # (W, M) a word of masks in each row
    any_mentor: U64  # (W, N)
    all_mentee: U64  # (S, M) for every s: all_mentee[s, i] & ~all_mentor[s, j] == 0
    all_mentor: U64  # (S, N)
    excluded: I64  # (E, 2) pairs (mentee row, mentor row) that must not meet
    any_words: I64 | None = None  # (R,) how many rows of W each "any" rule takes; None: one each

    @property
    def mentees(self) -> int:
        """M, the number of mentee rows."""
        return int(self.any_mentee.shape[1])

    @property
    def mentors(self) -> int:
        """N, the number of mentor rows."""
        return int(self.any_mentor.shape[1])

    def any_rules(self) -> Iterator[tuple[U64, U64]]:
        """Yield the masks of each "any" rule: its words over mentees, and over mentors."""
        words = [1] * len(self.any_mentee) if self.any_words is None else self.any_words.tolist()
        first = 0
        for count in words:
            yield self.any_mentee[first : first + count], self.any_mentor[first : first + count]
            first += count

    def met_by(self, mentee: int, mentors: I64) -> Flags:
        """Return a mask of the ``mentors`` (rows) that meet all rules of one mentee, without regard to exclusions."""
        met = np.ones(len(mentors), dtype=bool)
        for asked, offered in self.any_rules():
            met &= ((asked[:, mentee, np.newaxis] & offered[:, mentors]) != 0).any(axis=0)
        for asked, offered in zip(self.all_mentee, self.all_mentor, strict=True):
            met &= (asked[mentee] & ~offered[mentors]) == 0
        return met

    def checked(self) -> "BitRules":
        """Return the same rules as contiguous arrays; raise ``BadArraysError`` if they are inconsistent."""
        any_mentee = as_u64("any_mentee", self.any_mentee, (None, None))
        any_mentor = as_u64("any_mentor", self.any_mentor, (any_mentee.shape[0], None))
        all_mentee = as_u64("all_mentee", self.all_mentee, (None, any_mentee.shape[1]))
        all_mentor = as_u64("all_mentor", self.all_mentor, (all_mentee.shape[0], any_mentor.shape[1]))
        excluded = as_i64("excluded", self.excluded, (None, 2))
        if excluded.size and (
            excluded.min() < 0 or (excluded >= np.array([any_mentee.shape[1], any_mentor.shape[1]])).any()
        ):
            raise BadArraysError("excluded names a row that is not there")
        return BitRules(any_mentee, any_mentor, all_mentee, all_mentor, excluded, self._checked_words(len(any_mentee)))

    def _checked_words(self, rows: int) -> I64 | None:
        if self.any_words is None:
            return None
        words = as_i64("any_words", self.any_words, (None,))
        if words.min(initial=1) < 1 or words.sum() != rows:
            raise BadArraysError(f"any_words does not share {rows} rows of masks out over the rules")
        return words
