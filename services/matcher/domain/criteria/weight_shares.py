"""The distribution of each mentee's 1,000 thousandths over the criteria.

Every mentee has the same total, so giving more answers, or boosting what matters most, moves weight between criteria
and never adds any: no mentee's fit outweighs another's.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from services.matcher.domain.candidates import Mentee
from services.matcher.domain.weights import Weights, criterion_data, criterion_names
from services.matcher.solver.arrays import I64

WHOLE = 1000
BEST_FIT = 100 * WHOLE
"""The fit of a pair that is perfect on every criterion."""


def boosts(kinds: Sequence[frozenset[str]]) -> npt.NDArray[np.bool_]:
    """Return which criteria matter most to each kind of mentee, (K, C); criteria as in ``criterion_names()``."""
    names = criterion_names()
    return np.array([[name in kind for name in names] for kind in kinds], dtype=np.bool_).reshape(-1, len(names))


def shares(weights: Weights, boosted: npt.NDArray[np.bool_]) -> I64:
    """Return the thousandths (K, C) for each kind of mentee, by what matters most to them.

    Each row sums to 1,000, rounded by largest remainder, earlier criteria first among equals; 0 where nothing counts.
    """
    names = criterion_names()
    raw = np.array([weights.counted(name) for name in names], dtype=np.int64) * np.where(
        boosted, weights.matters_boost, 1
    )
    asked_only = np.array([bool(criterion_data(name).get("only_when_asked")) for name in names])
    raw[asked_only & ~boosted] = 0
    total = np.maximum(raw.sum(axis=1, keepdims=True), 1)
    rounded: I64 = WHOLE * raw // total
    remaining = np.where(raw.any(axis=1, keepdims=True), WHOLE - rounded.sum(axis=1, keepdims=True), 0)
    rank = np.argsort(np.argsort(-(WHOLE * raw % total), axis=1, kind="stable"), axis=1, kind="stable")
    return rounded + (rank < remaining)


def matters(mentee: Mentee) -> frozenset[str]:
    """Return what matters most to a mentee: the first three criteria they named."""
    return frozenset(tuple(dict.fromkeys(mentee.facts.matters_most))[:3])
