"""Rules as shared bits, in as few bits as necessary: answers that pass with the same other answers share one bit.

A bit stands for a class of answers on one side: a person with such an answer has the bit, and so has a person on the
other side with an answer that passes with it. Either side can define the classes; the side with fewer is used. Answers
that pass with no other answer need no bit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.matcher.domain.criteria.encoding import SharesABit
from services.matcher.solver.arrays import I32, U64

Flags = npt.NDArray[np.bool_]
WORD = 64


@dataclass(frozen=True)
class Sets:
    """The distinct sets of answers of one side, each answer by its number, and each person's set."""

    answers: Sequence[tuple[int, ...]]
    codes: I32


def rule_of_sets(passes: Flags, mentees: Sets, mentors: Sets) -> SharesABit:
    """Return the rule that a pair passes when ``passes`` (mentees' x mentors' answers) holds for any two of theirs."""
    asked, offered = _fewest_bits(passes)
    return SharesABit(
        _words(_any_of(mentees.answers, asked))[:, mentees.codes],
        _words(_any_of(mentors.answers, offered))[:, mentors.codes],
    )


def rule_of_codes(passes: Flags, mentee_codes: I32, mentor_codes: I32) -> SharesABit:
    """Return the rule for one answer per person: a pair passes by ``passes[mentee_codes[i], mentor_codes[j]]``."""
    asked, offered = _fewest_bits(passes)
    return SharesABit(_words(asked)[:, mentee_codes], _words(offered)[:, mentor_codes])


def _fewest_bits(passes: Flags) -> tuple[Flags, Flags]:
    """Return the bits of each answer of mentees and of mentors: (A, K) and (B, K)."""
    offered, asked = _by_kind(passes)
    turned = _by_kind(passes.T)
    return (asked, offered) if asked.shape[1] <= turned[0].shape[1] else turned


def _by_kind(passes: Flags) -> tuple[Flags, Flags]:
    """Return (B, K) the single bit of each column's class, and (A, K) the bits of the columns each row passes with."""
    kinds: dict[bytes, int] = {}
    packed = np.ascontiguousarray(np.packbits(passes, axis=0).T)
    kind_of = np.array([kinds.setdefault(column.tobytes(), len(kinds)) for column in packed], dtype=np.int64)
    _, first = np.unique(kind_of, return_index=True)
    needed = np.flatnonzero(passes[:, first].any(axis=0))
    return kind_of[:, np.newaxis] == needed, passes[:, first[needed]]


def _any_of(sets: Sequence[tuple[int, ...]], bits: Flags) -> Flags:
    """Return the bits of each set of answers."""
    any_bits = np.zeros((len(sets), bits.shape[1]), dtype=np.bool_)
    for row, answers in enumerate(sets):
        any_bits[row] = bits[list(answers)].any(axis=0)
    return any_bits


def _words(bits: Flags) -> U64:
    """Return bits (P, K) as words (W, P)."""
    padded = np.zeros((len(bits), WORD * max(1, -(-bits.shape[1] // WORD))), dtype=np.bool_)
    padded[:, : bits.shape[1]] = bits
    return np.ascontiguousarray(np.packbits(padded, axis=1, bitorder="little").view(np.uint64).T)
