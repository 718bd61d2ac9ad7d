"""A fixed tie-break: a small number per pair makes the best assignment unique.

Every pair has the two-word value (score, tie), compared score first; sums add word by word. Ties are 40-bit hashes of
two fixed keys, one per person, so they do not depend on the order of rows, and another run does not change them. An
assignment of the highest two-word sum has the highest score, and by the isolation lemma (Mulmuley, Vazirani and
Vazirani, Combinatorica 7, 1987) it is the only one with probability at least 1 - E / 2**40 for E contested pairs. A
unique optimum means the same pairs from every exact method: in any input order, in C or Python, in a batch or one
change at a time.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..arrays import I64, U64, as_u64

TIE_BITS = 40
_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


@dataclass(frozen=True)
class TieBreak:
    """Stable keys, one per person, from which ties are hashed."""

    mentee_key: U64  # (M,)
    mentor_key: U64  # (N,)

    @classmethod
    def by_row(cls, mentees: int, mentors: int) -> "TieBreak":
        """Return row numbers as keys: reproducible, but the order of rows decides between equal values."""
        return cls(np.arange(mentees, dtype=np.uint64), np.arange(mentors, dtype=np.uint64))

    def checked(self, mentees: int, mentors: int) -> "TieBreak":
        """Return the same keys as contiguous arrays; raise ``BadArraysError`` unless there is one per person."""
        return TieBreak(
            as_u64("mentee_key", self.mentee_key, (mentees,)), as_u64("mentor_key", self.mentor_key, (mentors,))
        )

    def of(self, mentee: npt.ArrayLike, mentor: npt.ArrayLike) -> I64:
        """Return the ties of pairs given by row numbers (arrays broadcast against each other)."""
        return pair_hash(self.mentee_key[np.asarray(mentee)], self.mentor_key[np.asarray(mentor)])


def pair_hash(mentee_key: U64, mentor_key: U64) -> I64:
    """Hash two keys into 0 .. 2**40 - 1 (splitmix64 finaliser, Steele, Lea and Flood, OOPSLA 2014, applied twice)."""
    with np.errstate(over="ignore"):
        mixed = _mix(_mix(mentee_key + _STEP) ^ mentor_key)
    return (mixed >> np.uint64(64 - TIE_BITS)).astype(np.int64)


def _mix(word: U64) -> U64:
    word = (word ^ (word >> np.uint64(30))) * _FIRST
    word = (word ^ (word >> np.uint64(27))) * _SECOND
    return word ^ (word >> np.uint64(31))
