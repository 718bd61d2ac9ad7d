"""A pool as the criteria and the rules read it: who may meet whom, and how well each pair fits."""

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
    """The people of a pool, their points pair by pair, and the rules. Rows are mentees and mentors, not seats."""

    pool: Pool
    encoded_pool: EncodedPool
    pairs: PairScores
    book: RuleBook

    @property
    def hard(self) -> tuple[str, ...]:
        """The criteria that are conditions, in the order in which people see them."""
        return tuple(name for name in self.encoded_pool.coded if self.pool.weights.setting(name).mode == Mode.HARD)

    @property
    def least_fit(self) -> int:
        """What a pair must fit at least, 0 to 100,000: the quality floor; 0 where there is none."""
        return self.pool.weights.quality_floor * 1000

    def allowed(self, mentee: npt.ArrayLike, mentor: npt.ArrayLike) -> Flags:
        """Whether pairs (rows) reach the quality floor, which is no matter of masks."""
        mentees, mentors = np.asarray(mentee), np.asarray(mentor)
        if not self.least_fit:
            return np.ones(np.broadcast_shapes(mentees.shape, mentors.shape), dtype=np.bool_)
        return self.pairs.fit(mentees, mentors) >= self.least_fit

    def broken(self, mentee: int, mentors: AnyArray) -> dict[str, Flags]:
        """For one mentee, per rule, which of the mentors (rows) break it, the quality floor last and on its own."""
        found = self.book.broken(mentee, mentors)
        fine = np.ones(len(mentors), dtype=np.bool_)
        for flags in found.values():
            fine &= ~flags
        low = fine & ~self.allowed(np.full(len(mentors), mentee), mentors)
        return found | {QUALITY_FLOOR: low} if low.any() else found

    def eligible(self, mentee: int) -> Flags:
        """Which mentors the mentee may meet, places left aside."""
        every = np.arange(len(self.pool.mentors))
        fine = np.ones(len(every), dtype=np.bool_)
        for flags in self.broken(mentee, every).values():
            fine &= ~flags
        return fine


def weigh_pool(
    pool: Pool, blocks: frozenset[Pair] = frozenset(), encoded_pool: EncodedPool | None = None
) -> WeightedPool:
    """Weigh a pool; ``encoded_pool`` may be an earlier one of the same people, blocks and closeness tables."""
    ready = encoded_pool or encode_pool(pool, blocks)
    hard = {name: rule for name, rule in ready.hard.items() if pool.weights.setting(name).mode == Mode.HARD}
    return WeightedPool(pool, ready, pair_points(ready, pool.weights), with_hard(ready.standing, hard))
