"""The scores of a pool as tables of codes; the score of a pair is a sum of look-ups."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..arrays import I32, I64, U64, AnyArray, as_i32, as_i64, as_u64
from ..errors import BadArraysError


@dataclass(frozen=True)
class Overlap:
    """Points for the number of bits that two people share, such as slots of the week.

    W words of 64 bits. Each mentee has a row of ``table`` as their curve: it depends on how many bits the mentee has,
    so that declaring less availability is never an advantage.
    """

    mentee_bits: U64  # (W, M)
    mentor_bits: U64  # (W, N)
    table: I32  # (rows, 64*W + 1): table[mentee_row[i], popcount]
    mentee_row: I64  # (M,)

    def checked(self, mentees: int, mentors: int) -> "Overlap":
        """Return the same overlap as contiguous arrays; raise ``BadArraysError`` if inconsistent."""
        mentee_bits = as_u64("overlap mentee_bits", self.mentee_bits, (None, mentees))
        words = mentee_bits.shape[0]
        mentor_bits = as_u64("overlap mentor_bits", self.mentor_bits, (words, mentors))
        table = as_i32("overlap table", self.table, (None, 64 * words + 1))
        mentee_row = as_i64("overlap mentee_row", self.mentee_row, (mentees,))
        if mentees and (mentee_row.min() < 0 or mentee_row.max() >= table.shape[0]):
            raise BadArraysError("overlap mentee_row points outside its table")
        return Overlap(mentee_bits, mentor_bits, table, mentee_row)


@dataclass(frozen=True)
class ScoreModel:
    """Integer scores of all pairs, never stored as a matrix.

    score(i, j) = sum_t mentee_share[t, i] * tables[t][mentee_codes[t, i], mentor_codes[t, j]] + sum of overlaps
                  + mentee_bonus[i] + mentor_bonus[j]

    Only pairs of score > 0 are ever matched, and with ``least`` only those whose fit (all but ``mentee_bonus``) is at
    least that: a quality floor. "As many people as possible first" is a ``mentee_bonus`` larger than the whole spread
    of fit times the number of mentees; sums are checked against 64 bits (``ValueTooLargeError``). Tables, overlaps and
    ``mentor_bonus`` together must stay within +-2**29 a pair; only ``mentee_bonus`` may be larger. With shares, tables
    of points stay small enough for the processor's cache, whatever each mentee makes of them.
    """

    tables: tuple[I32, ...]  # T tables, each (mentee codes, mentor codes)
    mentee_codes: I32  # (T, M)
    mentor_codes: I32  # (T, N)
    overlaps: tuple[Overlap, ...]
    mentee_bonus: I64  # (M,)
    mentor_bonus: I64  # (N,)
    mentee_share: I32 | None = None  # (T, M) how much each mentee gives a table, >= 0; None: 1
    least: int | None = None

    @cached_property
    def largest_fit(self) -> int:
        """An upper bound of the absolute sum of tables, overlaps and ``mentor_bonus``; O(mentees x tables)."""
        of_mentee = np.zeros(len(self.mentee_bonus), np.int64)
        for t, table in enumerate(self.tables):
            most = _largest_of_rows(table)[self.mentee_codes[t]]
            of_mentee += most if self.mentee_share is None else most * self.mentee_share[t]
        for overlap in self.overlaps:
            of_mentee += _largest_of_rows(overlap.table)[overlap.mentee_row]
        return int(of_mentee.max(initial=0)) + largest(self.mentor_bonus)

    def checked(self) -> "ScoreModel":
        """Return the same scores as contiguous arrays; raise ``BadArraysError`` if inconsistent."""
        tables = tuple(as_i32(f"table {t}", table, (None, None)) for t, table in enumerate(self.tables))
        mentee_bonus = as_i64("mentee_bonus", self.mentee_bonus, (None,))
        mentor_bonus = as_i64("mentor_bonus", self.mentor_bonus, (None,))
        mentees, mentors = len(mentee_bonus), len(mentor_bonus)
        mentee_codes = as_i32("mentee_codes", self.mentee_codes, (len(tables), mentees))
        mentor_codes = as_i32("mentor_codes", self.mentor_codes, (len(tables), mentors))
        for t, table in enumerate(tables):
            _check_codes(f"mentee_codes[{t}]", mentee_codes[t], table.shape[0])
            _check_codes(f"mentor_codes[{t}]", mentor_codes[t], table.shape[1])
        overlaps = tuple(overlap.checked(mentees, mentors) for overlap in self.overlaps)
        share = None if self.mentee_share is None else as_i32("mentee_share", self.mentee_share, (len(tables), mentees))
        if share is not None and share.size and share.min() < 0:
            raise BadArraysError("mentee_share is negative")
        least = None if self.least is None else int(as_i64("least", [self.least], (1,))[0])
        return ScoreModel(tables, mentee_codes, mentor_codes, overlaps, mentee_bonus, mentor_bonus, share, least)


def _check_codes(name: str, codes: I32, size: int) -> None:
    if codes.size and (codes.min() < 0 or codes.max() >= size):
        raise BadArraysError(f"{name} points outside its table of {size}")


def largest(array: AnyArray) -> int:
    """Return the largest magnitude in an array, without the overflow of abs of the lowest integer."""
    return max(int(array.max()), -int(array.min())) if np.size(array) else 0


def _largest_of_rows(table: AnyArray) -> I64:
    wide = table.astype(np.int64)
    magnitude: I64 = np.maximum(wide.max(axis=1, initial=0), -wide.min(axis=1, initial=0))
    return magnitude
