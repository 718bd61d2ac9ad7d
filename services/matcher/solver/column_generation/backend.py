"""Choose the scorer: the compiled core if it is built, otherwise its Python twin."""

from collections.abc import Sequence
from typing import Protocol

from ..arrays import I64, AnyArray
from ..assignment import TieBreak
from ..eligibility import MenteeClasses
from ..native import core
from ..scoring import (
    CandidateLists,
    DualPrices,
    NativeScorer,
    Pause,
    PriceGuess,
    PythonScorer,
    ScoreModel,
    SlackBound,
    ViolatedPairs,
)


class Scorer(Protocol):
    """Passes over all eligible pairs of one pool."""

    def collect(
        self,
        mentor_keep: int,
        mentee_keep: int,
        ranked: int,
        pause: Pause,
        *,
        guess: PriceGuess | None = None,
        among: I64 | None = None,
    ) -> CandidateLists:
        """Return the candidate lists of both sides."""

    def price(
        self, prices: DualPrices, mentees: I64, active: AnyArray, pause: Pause, slack_bounds: Sequence[SlackBound] = ()
    ) -> ViolatedPairs:
        """Return the pairs with negative reduced cost."""


def scorer_for(
    scores: ScoreModel,
    classes: MenteeClasses,
    capacity: I64,
    keys: TieBreak,
    compiled: bool | None,
    threads: int | None,
) -> Scorer:
    """Return the compiled scorer, or the Python scorer (single-threaded), over the same pool."""
    library = core(compiled)
    if library is None:
        return PythonScorer(scores, classes, capacity > 0, keys.of)
    return NativeScorer(library, scores, classes, capacity > 0, (keys.mentee_key, keys.mentor_key), threads)
