"""Which scorer serves: the compiled core when it is there, its plain twin otherwise."""

from collections.abc import Sequence
from typing import Protocol

from services.matcher.domain.arrays import I64, AnyArray
from services.matcher.domain.assignment import TieBreak
from services.matcher.domain.compiled import core
from services.matcher.domain.eligibility import Kinds
from services.matcher.domain.scoring import (
    CompiledScorer,
    Guide,
    Lists,
    Pause,
    PlainScorer,
    Prices,
    Scores,
    Stair,
    Uncovered,
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
        guide: Guide | None = None,
        among: I64 | None = None,
    ) -> Lists:
        """Keep the best of both sides."""

    def price(
        self, prices: Prices, mentees: I64, active: AnyArray, pause: Pause, stairs: Sequence[Stair] = ()
    ) -> Uncovered:
        """Find pairs the prices do not cover."""


def scorer_for(
    scores: Scores, kinds: Kinds, capacity: I64, keys: TieBreak, compiled: bool | None, threads: int | None
) -> Scorer:
    """Return the compiled scorer or the plain one (of one thread) over the same pool."""
    library = core(compiled)
    if library is None:
        return PlainScorer(scores, kinds, capacity > 0, keys.of)
    return CompiledScorer(library, scores, kinds, capacity > 0, (keys.mentee_key, keys.mentor_key), threads)
