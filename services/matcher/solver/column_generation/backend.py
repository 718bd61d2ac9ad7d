"""Which scorer serves: the compiled core when it is there, its plain twin otherwise."""

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
        guide: PriceGuess | None = None,
        among: I64 | None = None,
    ) -> CandidateLists:
        """Keep the best of both sides."""

    def price(
        self, prices: DualPrices, mentees: I64, active: AnyArray, pause: Pause, stairs: Sequence[SlackBound] = ()
    ) -> ViolatedPairs:
        """Find pairs the prices do not cover."""


def scorer_for(
    scores: ScoreModel, kinds: MenteeClasses, capacity: I64, keys: TieBreak, compiled: bool | None, threads: int | None
) -> Scorer:
    """Return the compiled scorer or the plain one (of one thread) over the same pool."""
    library = core(compiled)
    if library is None:
        return PythonScorer(scores, kinds, capacity > 0, keys.of)
    return NativeScorer(library, scores, kinds, capacity > 0, (keys.mentee_key, keys.mentor_key), threads)
