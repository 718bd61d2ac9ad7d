"""The points and the fit of any pairs, from the encoded criteria; rounds, certificates and reasons all use these."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from services.matcher.domain.criteria.encoding import EncodedCriterion
from services.matcher.domain.criteria.weight_shares import shares
from services.matcher.domain.formulation.encoded_pool import EncodedPool
from services.matcher.domain.weights import Weights
from services.matcher.solver.arrays import I64, AnyArray


@dataclass(frozen=True)
class PairScores:
    """Encoded criteria by name, and each mentee's shares (C, M) in thousandths, in the order of the names."""

    coded: Mapping[str, EncodedCriterion]
    shares: I64
    share_of_kind: I64  # (kinds, C) the shares by kind of mentee

    def points(self, mentee: AnyArray, mentor: AnyArray) -> dict[str, I64]:
        """Return the points, 0 to 100, per criterion, of pairs given by rows."""
        return {name: coded.points(mentee, mentor).astype(np.int64) for name, coded in self.coded.items()}

    def fit(self, mentee: AnyArray, mentor: AnyArray) -> I64:
        """Return the weighted sum, 0 to 100,000, of pairs given by rows."""
        total = np.zeros(np.broadcast_shapes(np.shape(mentee), np.shape(mentor)), dtype=np.int64)
        for share, coded in zip(self.shares, self.coded.values(), strict=True):
            if share.any():
                total = total + share[mentee] * coded.points(mentee, mentor)
        return total


def pair_points(encoded_pool: EncodedPool, weights: Weights) -> PairScores:
    """Return the scores of an encoded pool under weights."""
    by_kind = shares(weights, encoded_pool.boosted)
    return PairScores(encoded_pool.coded, np.ascontiguousarray(by_kind.T)[:, encoded_pool.kind_codes], by_kind)
