"""The value of a pair: one whole number that encodes all objectives in order, so that the certificate covers them all.

    value(i, j) = bonus_i + step * fit(i, j) + kept(i, j)

* ``fit`` is 0 to 100,000. ``kept`` is 1 for a proposal that was made but not yet sent. ``step`` is one more than the
  number of such proposals, so that keeping all of them never outweighs one unit of total fit (capped by the solver's
  range at some thousands of unsent proposals; beyond, many of them may outweigh a few units of 100,000).
* With the dial at 100, ``bonus_i = priority_i * K`` with K above the largest total of everything else. All priorities
  are positive, and the sets of people who can be matched together form a matroid, so a matching of the most priority
  also matches as many people as possible; between equals the total fit decides.
* With the dial at d < 100, matching one more person is worth d % of a perfect fit, up to twice that with priority: the
  round may leave someone waiting for the sake of better pairs, the more so the lower the dial.

Between answers of equal value, a fixed number per pair of people (SHA-256 of their ids) decides, which no rerun can
change; the solver compares it after the value.
"""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np

from services.matcher.domain.criteria.weight_shares import BEST_FIT
from services.matcher.domain.formulation.priority import HIGHEST
from services.matcher.solver.arrays import I64, U64

FIT_RANGE = 2**29  # the solver adds tables in 32 bits
BONUS_RANGE = 2**57


def step_for(held: int, largest_fit: int) -> int:
    """Return the value of one unit of fit, in units of an unsent proposal that is made again."""
    return max(1, min(held + 1, (FIT_RANGE - 1) // max(1, largest_fit)))


def bonuses(priorities: I64, coverage: int, places: int, step: int, held: int) -> I64:
    """Return the bonus for matching each person (M,), by the dial (``coverage``)."""
    if coverage < 100:
        worth = BEST_FIT * step * coverage // 100
        return worth + worth * priorities // HIGHEST
    above = BEST_FIT * step * max(1, min(len(priorities), places)) + held + 1
    levels = max(1, min(HIGHEST, BONUS_RANGE // above))
    return above * -(-priorities * levels // HIGHEST)


def strict_order(people: int, step: int, held: int) -> bool:
    """Return whether, with the dial at 100, priority decides first, then fit, then kept proposals.

    The best pairs then do not depend on the factors, which change with every person who leaves or arrives.
    """
    return step == held + 1 and HIGHEST * (BEST_FIT * step * max(1, people) + held + 1) <= BONUS_RANGE


def tie_key(name: str) -> int:
    """Return a fixed 64-bit number for a name; the same in every run."""
    return int.from_bytes(sha256(name.encode()).digest()[:8], "big")


def tie_keys(names: Sequence[str]) -> U64:
    """Return the fixed numbers of several names."""
    return np.array([tie_key(name) for name in names], dtype=np.uint64)
