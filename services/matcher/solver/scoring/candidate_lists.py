"""What one pass over all eligible pairs leaves: the best few of each side, and the best value left out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..arrays import I32, I64

Tie = Callable[[I64, I64], I64]  # ties of pairs by row numbers
Pause = Callable[[float], None]  # called between slices of work with the share done; may raise

NO_CUT = (0, 2**63 - 1)  # nothing of value was left out

NOTHING = -(2**61)  # below everything that prices can leave

ALL_CUT = (2**62, 2**63 - 1)  # no list was kept: anything may have been left out

MOST_FOUND = 24  # uncovered pairs told of one mentee at a time; whoever has as many may have more


@dataclass(frozen=True)
class PriceGuess:
    """What mentees are told before they list mentors; any numbers give true lists, good ones short lists."""

    price: I64  # (N,) taken off the value of each mentor
    floor: I64  # (M,) what a pair must be worth beyond that to be listed at all; `NOTHING` where that is not known


@dataclass(frozen=True)
class CandidateLists:
    """A sparse core of the market: pairs that are among the best of their mentee or of their mentor.

    A pair outside has (value less guide, tie) at most `mentee_cut` of its mentee and (value, tie) at most `mentor_cut`
    of its mentor.
    """

    indptr: I64  # (M + 1,) pairs by mentee (CSR)
    mentor: I32  # (E,) mentor rows
    value: I64  # (E,) > 0
    tie: I64  # (E,)
    mentee_cut: I64  # (M, 2)
    mentor_cut: I64  # (N, 2)
    eligible: I64  # (M,) eligible mentors of each mentee, whatever the score
    guide: I64  # (N,) what was taken off the value of each mentor when mentees listed them
    best: I64  # (M, BEST) best mentors with places of each mentee, best first, -1 where there are fewer


class SlackBound(NamedTuple):
    """What is known of left-out pairs: only where spare < fallen can one be worth more than its prices."""

    spare: I64  # (M,) what mentees have to spare
    fallen: I64  # (N,) how far mentors fell


@dataclass(frozen=True)
class ViolatedPairs:
    """Pairs worth more than the prices of their two people, found among all eligible pairs; at most a few a mentee."""

    mentee: I64
    mentor: I64
    value: I64


@dataclass(frozen=True)
class DualPrices:
    """Two-word prices of mentees and mentors by row."""

    mentee: I64  # (M,)
    mentee_tie: I64
    mentor: I64  # (N,)
    mentor_tie: I64


def no_cuts(people: int) -> I64:
    """Return cuts for people of whom nothing was left out."""
    return np.tile(np.array(NO_CUT, dtype=np.int64), (people, 1))
