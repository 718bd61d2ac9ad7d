"""Results of a pass over all eligible pairs: candidate lists with their cuts, violated pairs; its prices and bounds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ..arrays import I32, I64

Tie = Callable[[I64, I64], I64]  # ties of pairs by row numbers
Pause = Callable[[float], None]  # called between slices of work with the share done; may raise

NO_CUT = (0, 2**63 - 1)  # no pair of value was left out

NOTHING = -(2**61)  # below every value less prices

ALL_CUT = (2**62, 2**63 - 1)  # there is no list: any pair may have been left out

MOST_FOUND = 24  # violated pairs returned per mentee; a mentee with that many may have more


@dataclass(frozen=True)
class PriceGuess:
    """Estimated prices for mentees' candidate lists; any numbers give correct lists, good ones short lists."""

    price: I64  # (N,) subtracted from the value of each mentor's pairs
    floor: I64  # (M,) lowest value less price that is listed; ``NOTHING`` if unknown


@dataclass(frozen=True)
class CandidateLists:
    """The pairs of the restricted problem: those among the best of their mentee or of their mentor.

    An unlisted pair has (value less price, tie) at most ``mentee_cut`` of its mentee and (value, tie) at most
    ``mentor_cut`` of its mentor.
    """

    indptr: I64  # (M + 1,) pairs by mentee (CSR)
    mentor: I32  # (E,) mentor rows
    value: I64  # (E,) > 0
    tie: I64  # (E,)
    mentee_cut: I64  # (M, 2)
    mentor_cut: I64  # (N, 2)
    eligible: I64  # (M,) eligible mentors of each mentee, whatever the score
    price: I64  # (N,) subtracted from the value of each mentor's pairs for mentees' lists
    best: I64  # (M, BEST) best mentors with places of each mentee, best first, -1 where there are fewer


class SlackBound(NamedTuple):
    """A bound of unlisted pairs: the reduced cost can be negative only where spare < fallen."""

    spare: I64  # (M,) slack of mentees
    fallen: I64  # (N,) fall of mentors' prices


@dataclass(frozen=True)
class ViolatedPairs:
    """Eligible pairs with negative reduced cost, at most ``MOST_FOUND`` per mentee."""

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
    """Return cuts (people, 2) for lists that leave nothing out."""
    return np.tile(np.array(NO_CUT, dtype=np.int64), (people, 1))
