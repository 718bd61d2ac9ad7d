"""A pool under weights: which pairs the rules allow, and how well each pair fits."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.matcher.domain.candidates import Pair
from services.matcher.domain.criteria.pool import Pool
from services.matcher.domain.formulation.encoded_pool import EncodedPool, encode_pool
from services.matcher.domain.formulation.pair_scores import PairScores, pair_points
from services.matcher.domain.hard_rules.rule_book import Flags, RuleBook, with_hard
from services.matcher.domain.weights import Mode
from services.matcher.solver.arrays import AnyArray

QUALITY_FLOOR = "quality_floor"


@dataclass(frozen=True)
class WeightedPool:
    """A pool with the scores of its pairs and its rules; rows are mentees and mentors, not capacity classes."""

    pool: Pool
    encoded_pool: EncodedPool
    pairs: PairScores
    book: RuleBook

    @property
    def hard(self) -> tuple[str, ...]:
        """Return the criteria whose mode is hard, in display order."""
        return tuple(name for name in self.encoded_pool.coded if self.pool.weights.setting(name).mode == Mode.HARD)

    @property
    def least_fit(self) -> int:
        """Return the lowest fit of a pair, 0 to 100,000, by the quality floor; 0 where there is none."""
        return self.pool.weights.quality_floor * 1000

    def allowed(self, mentee: npt.ArrayLike, mentor: npt.ArrayLike) -> Flags:
        """Return whether pairs (rows) reach the quality floor, which no mask expresses."""
        mentees, mentors = np.asarray(mentee), np.asarray(mentor)
        if not self.least_fit:
            return np.ones(np.broadcast_shapes(mentees.shape, mentors.shape), dtype=np.bool_)
        return self.pairs.fit(mentees, mentors) >= self.least_fit

    def broken(self, mentee: int, mentors: AnyArray) -> dict[str, Flags]:
        """Return, for one mentee, which mentors (rows) break each rule; the floor only where no other rule breaks."""
        broken = self.book.broken(mentee, mentors)
        passed = np.ones(len(mentors), dtype=np.bool_)
        for flags in broken.values():
            passed &= ~flags
        low = passed & ~self.allowed(np.full(len(mentors), mentee), mentors)
        return broken | {QUALITY_FLOOR: low} if low.any() else broken

    def eligible(self, mentee: int) -> Flags:
        """Return which mentors (N) break no rule for the mentee; places are ignored."""
        every = np.arange(len(self.pool.mentors))
        passed = np.ones(len(every), dtype=np.bool_)
        for flags in self.broken(mentee, every).values():
            passed &= ~flags
        return passed


def weigh_pool(
    pool: Pool, blocks: frozenset[Pair] = frozenset(), encoded_pool: EncodedPool | None = None
) -> WeightedPool:
    """Return a pool under its weights; ``encoded_pool`` may be reused for the same people, blocks and closeness."""
    encoded = encoded_pool or encode_pool(pool, blocks)
    hard = {name: rule for name, rule in encoded.hard.items() if pool.weights.setting(name).mode == Mode.HARD}
    return WeightedPool(pool, encoded, pair_points(encoded, pool.weights), with_hard(encoded.standing, hard))
