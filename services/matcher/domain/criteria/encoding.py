"""Encoded criteria: points of 0 to 100 for any pair, as a table over codes or as counted shared bits."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from services.matcher.solver.arrays import I32, I64, U64, AnyArray

NEUTRAL = 50
"""Points where one side gave no answer: neither a reward nor a penalty."""


@dataclass(frozen=True)
class SharesABit:
    """A pair passes when the two masks share a bit; a mask takes as many words of 64 bits as it needs."""

    mentee_mask: U64  # (W, M)
    mentor_mask: U64  # (W, N)

    def passes(self, mentee: AnyArray, mentor: AnyArray) -> npt.NDArray[np.bool_]:
        """Return whether pairs given by rows pass (arrays broadcast against each other)."""
        shared = (
            mentee_word[mentee] & mentor_word[mentor]
            for mentee_word, mentor_word in zip(self.mentee_mask, self.mentor_mask, strict=True)
        )
        passed: npt.NDArray[np.bool_] = np.any([word != 0 for word in shared], axis=0)
        return passed


def one_word(mentee_mask: U64, mentor_mask: U64) -> SharesABit:
    """Return a rule from masks that fit one word, (M,) and (N,)."""
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
        """Return the points of pairs given by rows (arrays broadcast against each other)."""
        points: I32 = self.table[self.mentee_codes[mentee], self.mentor_codes[mentor]]
        return points


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
        """Return the points of pairs given by rows (arrays broadcast against each other)."""
        dimensions = max(
            np.ndim(mentee), np.ndim(mentor)
        )  # words are the first axis, so both sides need the same number of axes after it
        mentees, mentors = np.array(mentee, ndmin=dimensions), np.array(mentor, ndmin=dimensions)
        shared = np.bitwise_count(self.mentee_bits[:, mentees] & self.mentor_bits[:, mentors]).sum(
            axis=0, dtype=np.int64
        )
        points: I32 = self.curve[self.mentee_row[mentees], shared]
        return points


EncodedCriterion = ByTable | ByBits


def for_mentors(coded: EncodedCriterion, mentor_rows: I64) -> EncodedCriterion:
    """Return the criterion with mentors repeated or left out: column k becomes mentor ``mentor_rows[k]``."""
    rule = coded.rule and replace(coded.rule, mentor_mask=coded.rule.mentor_mask[:, mentor_rows])
    if isinstance(coded, ByTable):
        return replace(coded, mentor_codes=coded.mentor_codes[mentor_rows], rule=rule)
    return replace(coded, mentor_bits=np.ascontiguousarray(coded.mentor_bits[:, mentor_rows]), rule=rule)
