"""Judge any set of pairs by any weights: what two answers are compared by."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from services.matcher.domain.features.pair_points import PairPoints
from services.matcher.domain.features.pool import Pool


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """``scores`` are the pairs' scores, 0 to 100, by mentee id; ``fit`` is their exact sum, in thousandths."""

    matched: int
    fit: int
    scores: Mapping[str, int]

    @property
    def mean(self) -> float:
        """The mean score of the pairs made, 0.0 when there are none."""
        return self.fit / 1000 / self.matched if self.matched else 0.0

    def histogram(self) -> tuple[int, ...]:
        """How many pairs have a score of 0 to 9, 10 to 19, ..., 90 to 100."""
        counts = [0] * 10
        for score in self.scores.values():
            counts[min(9, score // 10)] += 1
        return tuple(counts)


def judge(pool: Pool, pairs: PairPoints, mentor_of: Mapping[str, str]) -> Verdict:
    """Score the pairs by the weights that ``pairs`` were read with."""
    mentor_row = {one.id: row for row, one in enumerate(pool.mentors)}
    rows = [(row, mentor_row[mentor_of[one.id]]) for row, one in enumerate(pool.mentees) if one.id in mentor_of]
    if not rows:
        return Verdict(matched=0, fit=0, scores={})
    mentees, mentors = (np.array(side, dtype=np.int64) for side in zip(*rows, strict=True))
    fits = pairs.fit(mentees, mentors).tolist()
    scores = {pool.mentees[row].id: (fit + 500) // 1000 for (row, _), fit in zip(rows, fits, strict=True)}
    return Verdict(matched=len(rows), fit=sum(fits), scores=scores)
