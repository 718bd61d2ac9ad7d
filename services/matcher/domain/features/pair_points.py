"""The points and the fit of any pairs, straight from the coded criteria: what rounds, proofs and reasons agree on."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from services.matcher.domain.arrays import I64, AnyArray
from services.matcher.domain.features.budget import matters, shares
from services.matcher.domain.features.coded import Coded
from services.matcher.domain.features.pool import Pool
from services.matcher.domain.features.registry import criteria


@dataclass(frozen=True)
class PairPoints:
    """Coded criteria by name, and each mentee's shares (C, M) in thousandths, in the order of the names."""

    coded: Mapping[str, Coded]
    shares: I64

    def points(self, mentee: AnyArray, mentor: AnyArray) -> dict[str, I64]:
        """Points 0 to 100 per criterion, of pairs given by rows."""
        return {name: coded.points(mentee, mentor).astype(np.int64) for name, coded in self.coded.items()}

    def fit(self, mentee: AnyArray, mentor: AnyArray) -> I64:
        """The weighted sum, 0 to 100,000, of pairs given by rows."""
        total = np.zeros(np.broadcast_shapes(np.shape(mentee), np.shape(mentor)), dtype=np.int64)
        for share, coded in zip(self.shares, self.coded.values(), strict=True):
            if share.any():
                total = total + share[mentee] * coded.points(mentee, mentor)
        return total


def pair_points(pool: Pool, coded: Mapping[str, Coded] | None = None) -> PairPoints:
    """Code every criterion for a pool (or reuse what was coded) and share out the weights."""
    told = coded if coded is not None else {name: one.code(pool) for name, one in criteria().items()}
    kinds = {kind: shares(pool.weights, kind) for kind in {matters(mentee) for mentee in pool.mentees}}
    rows = [kinds[matters(mentee)] for mentee in pool.mentees]
    return PairPoints(told, np.array(rows, dtype=np.int64).reshape(len(rows), len(told)).T.copy())
