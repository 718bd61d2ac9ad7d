"""What a criterion hands on: points of 0 to 100 for any pair, as a table of codes or as counted bits."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from services.matcher.solver.arrays import I32, I64, U64, AnyArray

NEUTRAL = 50
"""Points when one side said nothing: neither rewarded nor held against anyone."""


@dataclass(frozen=True)
class SharesABit:
    """A pair passes when the two masks share a bit; a mask takes as many words of 64 bits as it needs."""

    mentee_mask: U64  # (W, M)
    mentor_mask: U64  # (W, N)

    def passes(self, mentee: AnyArray, mentor: AnyArray) -> npt.NDArray[np.bool_]:
        """Whether pairs given by rows pass (arrays broadcast against each other)."""
        shared = (
            mine[mentee] & theirs[mentor] for mine, theirs in zip(self.mentee_mask, self.mentor_mask, strict=True)
        )
        found: npt.NDArray[np.bool_] = np.any([word != 0 for word in shared], axis=0)
        return found


def one_word(mentee_mask: U64, mentor_mask: U64) -> SharesABit:
    """Make a rule of masks that fit one word, (M,) and (N,)."""
    return SharesABit(mentee_mask[np.newaxis], mentor_mask[np.newaxis])


@dataclass(frozen=True)
class ByTable:
    """points(i, j) = table[mentee_codes[i], mentor_codes[j]]."""

    table: I32  # (A, B), 0 to 100
    mentee_codes: I32  # (M,)
    mentor_codes: I32  # (N,)
    rule: SharesABit | None = None  # what "hard" means; None: at least ``hard_from`` points
    hard_from: int = 1

    def points(self, mentee: AnyArray, mentor: AnyArray) -> I32:
        """The points of pairs given by rows (arrays broadcast against each other)."""
        found: I32 = self.table[self.mentee_codes[mentee], self.mentor_codes[mentor]]
        return found


@dataclass(frozen=True)
class ByBits:
    """points(i, j) = curve[mentee_row[i], number of bits i and j share]."""

    mentee_bits: U64  # (W, M)
    mentor_bits: U64  # (W, N)
    curve: I32  # (rows, 64 * W + 1), 0 to 100
    mentee_row: I64  # (M,)
    rule: SharesABit | None = None
    hard_from: int = 1

    def points(self, mentee: AnyArray, mentor: AnyArray) -> I32:
        """The points of pairs given by rows (arrays broadcast against each other)."""
        most = max(np.ndim(mentee), np.ndim(mentor))  # the words come first, so both need as many dimensions behind
        one, other = np.array(mentee, ndmin=most), np.array(mentor, ndmin=most)
        shared = np.bitwise_count(self.mentee_bits[:, one] & self.mentor_bits[:, other]).sum(axis=0, dtype=np.int64)
        found: I32 = self.curve[self.mentee_row[one], shared]
        return found


EncodedCriterion = ByTable | ByBits


def for_mentors(coded: EncodedCriterion, mentor_rows: I64) -> EncodedCriterion:
    """The same criterion with mentors repeated or left out: column k becomes mentor ``mentor_rows[k]``."""
    rule = coded.rule and replace(coded.rule, mentor_mask=coded.rule.mentor_mask[:, mentor_rows])
    if isinstance(coded, ByTable):
        return replace(coded, mentor_codes=coded.mentor_codes[mentor_rows], rule=rule)
    return replace(coded, mentor_bits=np.ascontiguousarray(coded.mentor_bits[:, mentor_rows]), rule=rule)
